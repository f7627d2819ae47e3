#!/bin/sh
# Event script of osmo-remsim-client on a router (its option -e), and the life sign it does not send itself.
#   ionmesh-wisptools.sh CAUSE   as the client calls it: keeps the event, and runs the router's own event script
#   ionmesh-wisptools.sh --run   heartbeats, events, commands and logs until stopped; then gives the card back. What a service starts
#   ionmesh-wisptools.sh --stand-in   the same, until there is such a service: what an event starts
# The client registers itself when the path of its event script contains "ionmesh"; so keep the name.
# Needs: curl. Runs on BusyBox (OpenWrt) and on any POSIX shell. Paths hang below WISPTOOLS_ROOT, which is empty on a router.
set -eu
export LC_ALL=C
umask 077

# shellcheck source=ionmesh-json.sh
. "$(dirname "$0")/ionmesh-json.sh"
# shellcheck source=ionmesh-commands.sh
. "$(dirname "$0")/ionmesh-commands.sh"

ROOT=${WISPTOOLS_ROOT:-}
CONF=$ROOT/etc/remsim/wisptools.conf
VAR=$ROOT/var/run/remsim-wisptools # of this boot
KEPT=$ROOT/etc/remsim/wisptools    # across boots: which configuration was applied
NAME=${0##*/}
MAX_EVENTS=50 # a request (the contract's limit); older ones are dropped
OLDEST=86400  # seconds, of an event (the contract's limit)
MAX_LOG_LINES=2000
GATHER=${WISPTOOLS_GATHER_SECONDS:-2}

# What the conf may set, as the client's own environment names it where it has a name.
IONMESH_HOST=''           # login:secret@host of the edge
IONMESH_PORT=5000         # its port
IONMESH_TENANT_ID=1       # the tenant's integer
IONMESH_SCHEME=http       # https where the edge has a certificate this router trusts
CLIENT_ID=''              # <hostname>-slot<SLOT> unless set
SLOT=0                    # the client's own -n
SERVICE=remsim            # /etc/init.d/SERVICE restarts the client
CLIENT=osmo-remsim-client-openwrt
LOG_COMMAND="logread -l $MAX_LOG_LINES"
LOCAL_SCRIPT=/etc/remsim/event-local.sh # switches this router's SIM and resets its modem
UCI_SECTION=remsim.ionmesh

say() {
  printf '%s: %s\n' "$NAME" "$*" >&2
  if command -v logger >/dev/null 2>&1; then logger -t "$NAME" "$*" || :; fi
}

die() {
  say "$*"
  exit 1
}

load() {
  [ -r "$CONF" ] || die "no $CONF"
  # shellcheck source=/dev/null
  . "$CONF"
  case $IONMESH_HOST in
    ?*:?*@?*) ;;
    *) die "$CONF: IONMESH_HOST must be login:secret@host" ;;
  esac
  CLIENT_ID=${CLIENT_ID:-$(uname -n)-slot$SLOT}
  mkdir -p "$VAR" "$KEPT"
}

of_reply() { # PATH: the value of that path, empty when there is none
  awk -F '\t' -v path="$1" '$1 == path { sub(/^[^\t]*\t/, ""); print; exit }' "$VAR/reply.flat"
}

# --- requests --------------------------------------------------------------------------------------------------------

# METHOD PATH [BODY-FILE]: status in $status (000: no answer), the reply in $VAR/reply. The secret goes by standard input.
api() {
  set -- "$1" "$2" "${3:-}"
  status=$(
    {
      printf 'user = %s\n' "$(quoted "${IONMESH_HOST%@*}")"
      printf 'url = "%s://%s:%s/api/backend/v1/remsim/%s"\n' "$IONMESH_SCHEME" "${IONMESH_HOST##*@}" "$IONMESH_PORT" "$2"
      if [ -n "$3" ]; then printf 'data-binary = "@%s"\nheader = "Content-Type: application/json"\n' "$3"; fi
    } | curl -sS --max-time 10 -X "$1" -o "$VAR/reply" -w '%{http_code}' -K - 2>"$VAR/curl-error"
  ) || status=000
  [ "$status" = 200 ]
}

# --- events ----------------------------------------------------------------------------------------------------------

hook() { # CAUSE, with what the client puts into the environment; it waits for us, so nothing here may take long
  detail="server=${REMSIM_SERVER_STATE:-} bankd=${REMSIM_BANKD_STATE:-} client_slot=${REMSIM_CLIENT_SLOT:-} bank_slot=${REMSIM_BANKD_SLOT:-}"
  printf '%s\t%s\t%s\n' "$(date +%s)" "$1" "$detail" >>"$VAR/events"
  case $1 in
    event-bankd-connect | event-config-bankd | request-sim-remote) echo connected >"$VAR/status" ;;
    event-bankd-disconnect | request-sim-local | request-card-remove) echo disconnected >"$VAR/status" ;;
    event-server-connect) echo registered >"$VAR/status" ;;
  esac
  if running; then
    kill -USR1 "$(holder)" 2>/dev/null || :
  elif [ -e "$VAR/stopped" ]; then # by who runs the service: the events of now, should it start again
    tail -n "$MAX_EVENTS" "$VAR/events" >"$VAR/events.new" && mv "$VAR/events.new" "$VAR/events"
  else
    "$0" --stand-in >/dev/null 2>&1 </dev/null &
  fi
  if [ -x "$ROOT$LOCAL_SCRIPT" ]; then exec "$ROOT$LOCAL_SCRIPT" "$1"; fi
}

# SECONDS-SINCE-1970: how long ago that was, as the contract takes it: the clock may have been set since, by years at boot.
age() {
  case $1 in '' | *[!0-9]*) set -- "$now" ;; esac
  set -- "$((now - $1))"
  if [ "$1" -lt 0 ]; then echo 0; elif [ "$1" -gt "$OLDEST" ]; then echo "$OLDEST"; else echo "$1"; fi
}

# Fails when there are some that the cloud did not take: they wait in events.sending for the next time, so that only hook() writes events.
send_events() {
  if [ -s "$VAR/events" ]; then
    mv "$VAR/events" "$VAR/events.fresh"
    cat "$VAR/events.fresh" >>"$VAR/events.sending"
    rm -f "$VAR/events.fresh"
  fi
  [ -s "$VAR/events.sending" ] || return 0
  tail -n "$MAX_EVENTS" "$VAR/events.sending" >"$VAR/events.last"
  mv "$VAR/events.last" "$VAR/events.sending"
  now=$(date +%s)
  {
    printf '{"client_id":%s,"events":[' "$(quoted "$CLIENT_ID")"
    comma=''
    while IFS='	' read -r at event detail; do
      printf '%s{"event":%s,"detail":%s,"age_seconds":%s}' "$comma" "$(quoted "$event")" "$(quoted "$detail")" "$(age "$at")"
      comma=,
    done <"$VAR/events.sending"
    printf ']}'
  } >"$VAR/events.json"
  api POST events "$VAR/events.json" || [ "$status" = 400 ] || return 1 # a refused one would be refused again
  rm -f "$VAR/events.sending"
}

# --- the heartbeat ---------------------------------------------------------------------------------------------------

# The client's figures, which it writes to its log when asked by SIGUSR2, as members of a JSON object.
stats() {
  for pid in $(pidof "$CLIENT" 2>/dev/null || :); do kill -USR2 "$pid" 2>/dev/null || :; done
  sleep "${WISPTOOLS_STATS_SECONDS:-1}"
  $LOG_COMMAND 2>/dev/null | awk '
    /Client Statistics ===/ { split("", figure) }
    /Uptime: [0-9]+h [0-9]+m [0-9]+s/ {
      match($0, /Uptime: .*/); text = substr($0, RSTART + 8)
      gsub(/[hms]/, "", text); split(text, part, " "); figure["uptime_seconds"] = part[1] * 3600 + part[2] * 60 + part[3]
    }
    /TPDUs sent: [0-9]+/ { figure["tpdus_sent"] = after("TPDUs sent: ") }
    /TPDUs received: [0-9]+/ { figure["tpdus_received"] = after("TPDUs received: ") }
    /Errors: [0-9]+/ { figure["errors"] = after("Errors: ") }
    /signal RSSI: -?[0-9]+ dBm/ { figure["signal_rssi"] = after("signal RSSI: ") }
    function after(words) { return substr($0, index($0, words) + length(words)) + 0 }
    END { for (name in figure) { printf "%s\"%s\":%d", comma, name, figure[name]; comma = "," } }'
}

modem_info() {
  comma=''
  for pair in "router=$ROOT/tmp/sysinfo/model" "firmware=$ROOT/etc/openwrt_version"; do
    [ -r "${pair#*=}" ] || continue
    printf '%s"%s":%s' "$comma" "${pair%%=*}" "$(quoted "$(head -n 1 "${pair#*=}")")"
    comma=,
  done
}

heartbeat() {
  : >>"$VAR/acks"
  tail -n 20 "$VAR/acks" >"$VAR/acks.sending" && mv "$VAR/acks.sending" "$VAR/acks"
  {
    printf '{"client_id":%s,"tenant_id":%d,"status":%s,' "$(quoted "$CLIENT_ID")" "$IONMESH_TENANT_ID" "$(quoted "$(cat "$VAR/status" 2>/dev/null || :)")"
    printf '"stats":{%s},"modem_info":{%s},"instance_id":"%s",' "$(stats)" "$(modem_info)" "$instance"
    printf '"configuration_version":%d,"acks":[%s]}' "$(cat "$KEPT/configuration" 2>/dev/null || echo 0)" "$(acks)"
  } >"$VAR/heartbeat.json"
  if ! api POST heartbeat "$VAR/heartbeat.json"; then
    [ "$status" = "${complained:-200}" ] || say "the heartbeat was answered $status"
    complained=$status
    [ "$status" != 404 ] || register_again
    return 1
  fi
  complained=200 unknown=0
  : >"$VAR/acks"
  flattened "$VAR/reply" >"$VAR/reply.flat" || return 1
  next=$(of_reply next_heartbeat_interval)
  case $next in '' | *[!0-9]*) ;; *) interval=$next ;; esac
}

# The cloud took the card back, as after a long silence. Only the client can register, and does so when it starts. Not at the first such answer, as
# it may be about to; and ever more seldom, as one without a free card serves its router by its static server meanwhile.
register_again() {
  flattened "$VAR/reply" >"$VAR/reply.flat" && [ "$(of_reply error.reason)" = not_registered ] || return 0
  unknown=$((unknown + 1))
  [ "$unknown" -ge 3 ] || return 0
  last=0 pause=0
  [ ! -s "$VAR/restarted" ] || read -r last pause <"$VAR/restarted"
  IFS=. read -r up _ </proc/uptime # unlike the clock it does not leap
  [ "$((up - last))" -ge "$pause" ] || return 0
  pause=$((pause == 0 || up - last > 14400 ? 600 : pause < 3600 ? 2 * pause : 7200)) # seconds until it may be done again
  echo "$up $pause" >"$VAR/restarted" # first: a restart may end us
  unknown=0
  say "not registered any more: restarting the client, so that it registers"
  restart_client || say "the client could not be restarted"
}

# --- life ------------------------------------------------------------------------------------------------------------

holder() { # the pid of who is, or was, the one life sign of this router
  cat "$VAR/pid" 2>/dev/null || :
}

lives() { # PID [OPTION]: whether that is a life sign, started with that option; the number alone may be anybody's by now
  [ -n "$1" ] && tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qxE -e "${2:---(run|stand-in)}"
}

running() {
  lives "$(holder)"
}

# Makes us the one life sign, or fails. The file comes with the pid in it, and one can make it.
claim() {
  echo "$$" >"$VAR/pid.$$"
  if dead=$(holder) && [ -n "$dead" ] && ! lives "$dead" && mv "$VAR/pid" "$VAR/pid.$$.dead" 2>/dev/null && lives "$(cat "$VAR/pid.$$.dead")"; then
    ln "$VAR/pid.$$.dead" "$VAR/pid" 2>/dev/null || : # of another that was quicker
  fi
  ln "$VAR/pid.$$" "$VAR/pid" 2>/dev/null || :
  rm -f "$VAR/pid.$$" "$VAR/pid.$$.dead"
  ours
}

ours() {
  [ "$(holder)" = "$$" ]
}

run() { # --run | --stand-in
  mode=$1 interval=60 sleeper='' unknown=0
  instance=$(cat /proc/sys/kernel/random/uuid)
  trap 'stop' TERM INT # before others can know of us
  trap 'wake' USR1     # an event: send it now
  if [ "$mode" = --run ]; then take_over; else
    trap 'leave' USR2
    claim || exit 0
  fi
  while ours; do
    pass=failed
    if heartbeat; then
      carry_out
      ! send_events || pass=ok
      [ ! -s "$VAR/acks" ] || heartbeat || pass=failed # what was carried out is said at once
    fi
    rest
  done
}

# The service is to be what it started: it does not end because a stand-in was there first.
take_over() {
  other=''
  until claim; do
    [ "$(holder)" = "$other" ] || say "waiting for the life sign $(holder) to end"
    other=$(holder)
    if lives "$other" --stand-in; then kill -USR2 "$other" 2>/dev/null || :; fi
    sleep 1
  done
  rm -f "$VAR/stopped"
}

rest() { # until the next heartbeat's time, or an event's: one that came since the last were sent counts, unless they could not be
  sleep "$interval" &
  sleeper=$!
  [ "$pass" = failed ] || [ ! -s "$VAR/events" ] || wake
  wait "$sleeper" 2>/dev/null && sleeper='' && return 0
  wait "$sleeper" 2>/dev/null || : # the trap ended the first wait
  sleeper=''
  sleep "$GATHER" || : # more may follow
}

wake() { # by KILL: a child that did not yet become sleep would swallow another
  [ -z "$sleeper" ] || kill -KILL "$sleeper" 2>/dev/null || :
}

leave() { # without giving the card back
  wake
  ! ours || rm -f "$VAR/pid"
  exit 0
}

stop() {
  trap '' TERM INT USR2
  ours || leave
  [ "$mode" != --run ] || : >"$VAR/stopped"
  wake
  api DELETE "unregister/$CLIENT_ID" || say "unregistering was answered $status"
  rm -f "$VAR/pid"
  exit 0
}

main() {
  [ "$#" -eq 1 ] || die "usage: $NAME CAUSE | --run | --stand-in"
  command -v curl >/dev/null 2>&1 || die "missing program: curl"
  load
  case $1 in
    --run | --stand-in) run "$1" ;;
    *) hook "$1" ;;
  esac
}

main "$@"
