#!/bin/sh
# What the cloud tells a router to do: carried out once each, and acknowledged as often as it is told. Sourced by ionmesh-wisptools.sh, never run.
# shellcheck disable=SC2154 # the script sets status and the conf's variables

MAX_DONE=100  # lines kept of commands' outcomes, two a command; a reply offers twenty commands at most
MAX_LOG=60000 # octets of quoted lines: with the rest of the request below the edge's 65536

acks() {
  comma=''
  [ ! -s "$VAR/acks" ] || while IFS='	' read -r id ok message; do
    printf '%s{"id":"%s","ok":%s,"message":%s}' "$comma" "$id" "$ok" "$(quoted "$message")"
    comma=,
  done <"$VAR/acks"
}

carry_out() { # every command of the last reply that was not carried out before; those that were are acknowledged again
  cp "$VAR/reply.flat" "$VAR/commands.flat"
  n=0
  while id=$(sed -n "s/^commands\.$n\.id	\(rcmd_[0-9a-f]*\)\$/\1/p" "$VAR/commands.flat") && [ -n "$id" ]; do
    if [ -z "$(outcome "$id")" ]; then
      case $(argument "$n" type) in
        restart) keep "$id" true '' ;; # first, as it may end us
        *) keep "$id" false "it ended before its outcome was known" ;;
      esac
      if message=$(command_of "$n" 2>&1); then ok=true; else ok=false; fi
      keep "$id" "$ok" "$message"
    fi
    outcome "$id" >>"$VAR/acks"
    n=$((n + 1))
  done
}

keep() { # ID OK MESSAGE: a command's outcome; what was said of it may be lost on the way to the cloud, which then offers it again
  : >>"$VAR/done"
  tail -n "$((MAX_DONE - 1))" "$VAR/done" >"$VAR/done.new"
  printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\n\t' '  ' | cut -c 1-400)" >>"$VAR/done.new"
  mv "$VAR/done.new" "$VAR/done"
}

outcome() { # ID: the last line kept of it, empty when there is none; an id alone is of an older script
  [ ! -s "$VAR/done" ] || awk -F '\t' -v id="$1" '
    $1 == id { line = NF > 2 ? $0 : id "\ttrue\t" }
    END { if (line != "") print line }' "$VAR/done"
}

argument() { # N NAME: of a command
  sed -n "s/^commands\.$1\.$2	//p" "$VAR/commands.flat"
}

command_of() { # N
  case $(argument "$1" type) in
    restart) restart_client ;;
    reassign) local_script request-modem-reset ;;
    config_update) configure "$1" ;;
    log_level) set_option log_level "$(argument "$1" level)" && finish_options ;;
    send_logs) send_logs "$(argument "$1" lines)" ;;
    *) echo "unknown command $(argument "$1" type)" && return 1 ;;
  esac
}

restart_client() {
  "$ROOT/etc/init.d/$SERVICE" restart
}

local_script() { # CAUSE
  [ -x "$ROOT$LOCAL_SCRIPT" ] || { echo "this router has no $LOCAL_SCRIPT to reset its modem" && return 1; }
  "$ROOT$LOCAL_SCRIPT" "$1"
}

set_option() { # NAME VALUE
  uci set "$UCI_SECTION.$1=$2"
}

finish_options() {
  uci commit "${UCI_SECTION%%.*}" && restart_client
}

configure() { # N
  sed -n "s/^commands\.$1\.values\.//p" "$VAR/commands.flat" >"$VAR/values"
  while IFS='	' read -r option text; do
    set_option "$option" "$text" || return 1
  done <"$VAR/values"
  finish_options && argument "$1" version >"$KEPT/configuration"
}

send_logs() { # LINES
  $LOG_COMMAND | tail -n "$1" | cut -c 1-500 |
    tr '\001-\010\013-\037\177' ' ' | sed 's/[\\"]/\\&/g; s/	/ /g; s/^/"/; s/$/"/' >"$VAR/log"
  [ -s "$VAR/log" ] || { echo "the log is empty" && return 0; }
  if [ "$(wc -c <"$VAR/log")" -gt "$MAX_LOG" ]; then
    tail -c "$MAX_LOG" "$VAR/log" | sed 1d >"$VAR/log.end" # but for the line that was cut
    mv "$VAR/log.end" "$VAR/log"
  fi
  {
    printf '{"client_id":%s,"lines":[' "$(quoted "$CLIENT_ID")"
    sed '$!s/$/,/' "$VAR/log"
    printf ']}'
  } >"$VAR/log.json"
  api POST logs "$VAR/log.json" || { echo "the logs were answered $status" && return 1; }
}
