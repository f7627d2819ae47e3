#!/bin/sh
# What every program on the box shares: configuration, credentials, logging, signed requests, progress reports.
# Sourced, never run. Paths hang below WISPTOOLS_ROOT, which is empty in production.
# Secrets pass between processes on standard input only: arguments and URLs are visible to every user of the box.
# shellcheck disable=SC2034 # those who source this file use what it sets

export LC_ALL=C
umask 077

WT_VERSION=1.0.0
WT_ROOT=${WISPTOOLS_ROOT:-}
WT_ETC=$WT_ROOT/etc/wisptools
WT_CONF=$WT_ETC/wisptools.conf
WT_CREDENTIALS=$WT_ETC/credentials
WT_KEYRING=$WT_ETC/signing-key.pgp
WT_VAR=$WT_ROOT/var/lib/wisptools
WT_STATE=$WT_VAR/state
WT_SPOOL=$WT_VAR/spool
WT_QUEUE=$WT_SPOOL/queue
WT_COMMANDS=$WT_VAR/commands
WT_LOGS=$WT_ROOT/var/log/wisptools
WT_PROC=${WISPTOOLS_PROC:-/proc} WT_SYS=${WISPTOOLS_SYS:-/sys}
WT_NAME=${0##*/}

# Exit statuses that callers may tell apart.
WT_EXIT_USAGE=2       # wrong arguments or configuration
WT_EXIT_MISSING=3     # a program we need is not installed
WT_EXIT_REFUSED=4     # the cloud said no, for good
WT_EXIT_UNREACHABLE=5 # no answer, or "later"
WT_EXIT_WAITING=6     # an operator has to approve this box first
WT_EXIT_GARBLED=7     # an answer that is not what the contract says
WT_EXIT_KEY=8         # the signing key is not the one this box pinned
WT_EXIT_UNTRUSTED=9   # a script whose checksum or signature does not hold; it was not run
WT_EXIT_SCRIPT=10     # the deployment script ran and failed
WT_EXIT_BUSY=11       # another one of the same kind is at work

# --- logging ---------------------------------------------------------------------------------------------------------

wt_log() { # MESSAGE: one line to standard error (the journal, under systemd) and to this program's log
  printf '%s: %s\n' "$WT_NAME" "$*" >&2
  if [ -d "$WT_LOGS" ]; then
    { printf '%s %s[%s]: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$WT_NAME" "$$" "$*" >>"$WT_LOGS/$WT_NAME.log"; } 2>/dev/null || :
  fi
}

wt_die() { # STATUS MESSAGE
  wt_status=$1
  shift
  wt_log "$*"
  exit "$wt_status"
}

wt_need() { # PROGRAM...
  for wt_tool; do
    command -v "$wt_tool" >/dev/null 2>&1 || wt_die "$WT_EXIT_MISSING" "missing program: $wt_tool"
  done
}

wt_trim_log() { # FILE: keeps the last 256 KiB of a log that passed 1 MiB, in place, as its folder may not be ours
  wt_size=$(wc -c 2>/dev/null <"$1") || return 0
  [ "$wt_size" -gt 1048576 ] || return 0
  tail -c 262144 "$1" >"$WT_TMP/log" && cat "$WT_TMP/log" >"$1"
}

# --- files -----------------------------------------------------------------------------------------------------------

wt_begin() { # makes WT_TMP, gone when the program ends; the processes of WT_CHILDREN end with us
  WT_TMP=$(mktemp -d "${TMPDIR:-/tmp}/wisptools.XXXXXX")
  WT_REPLY=$WT_TMP/reply WT_HEADERS=$WT_TMP/headers WT_CHILDREN='' WT_SLEEP=''
  # shellcheck disable=SC2064,SC2154 # expanded when it happens
  trap 'for wt_child in $WT_CHILDREN $WT_SLEEP; do kill "$wt_child" 2>/dev/null; done; rm -rf "$WT_TMP"' EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT HUP
}

wt_pause() { # SECONDS: a sleep that a signal ends at once
  sleep "$1" &
  WT_SLEEP=$!
  wait "$WT_SLEEP" || :
  WT_SLEEP=''
}

wt_folders() { # the folders below /etc, /var/lib and /var/log
  # shellcheck disable=SC2174 # the inner folders are the ones that matter
  mkdir -p -m 0755 "$WT_ROOT/etc" "$WT_ROOT/var/lib" "$WT_ROOT/var/log"
  for wt_folder in "$WT_ETC" "$WT_VAR" "$WT_STATE" "$WT_SPOOL" "$WT_QUEUE" "$WT_COMMANDS" "$WT_LOGS"; do
    [ -d "$wt_folder" ] || mkdir -m 0755 "$wt_folder"
  done
}

wt_store() { # FILE MODE: standard input replaces FILE whole or not at all, even through a power cut
  wt_new=$(mktemp "${1%/*}/.new.XXXXXX") || return 1
  if cat >"$wt_new" && chmod "$2" "$wt_new" && sync "$wt_new"; then
    # Root writes for the agent too: the spool and the credentials belong to its user, where there is one.
    case $1 in "$WT_SPOOL"/* | "$WT_CREDENTIALS") chown --reference="$WT_SPOOL" "$wt_new" 2>/dev/null || : ;; esac
    mv -f "$wt_new" "$1" && return 0
  fi
  rm -f "$wt_new"
  return 1
}

wt_load() { # FILE KEY...: sets the named variables from KEY=value lines; a value is never evaluated
  wt_file=$1
  shift
  [ -r "$wt_file" ] || return 1
  while IFS= read -r wt_line || [ -n "$wt_line" ]; do
    for wt_key; do
      case $wt_line in "$wt_key="*) eval "$wt_key=\${wt_line#*=}" ;; esac
    done
  done <"$wt_file"
}

wt_is_hex() { # VALUE LENGTH
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ "${#1}" -eq "$2" ]
}

wt_is_number() { # VALUE
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  [ "${#1}" -le 15 ]
}

wt_number() { # FILE: prints the number in it, 0 when there is none
  wt_value=0
  { read -r wt_value <"$1"; } 2>/dev/null || :
  wt_is_number "$wt_value" || wt_value=0
  printf '%s\n' "$wt_value"
}

# --- configuration ---------------------------------------------------------------------------------------------------

wt_check_url() { # URL: https, or plain http to this very machine or where the configuration allows it
  case $1 in
    *[!A-Za-z0-9.:/_@%~\[\]-]* | *@*) return 1 ;;
    https://?*) return 0 ;;
    http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]* | "http://[::1]" | "http://[::1]"[:/]*) return 0 ;;
    http://?*) [ "${ALLOW_HTTP:-0}" = 1 ] ;;
    *) return 1 ;;
  esac
}

wt_configured() { # reads the configuration and the credentials, or says what is wrong with them
  WISPTOOLS_URL='' ALLOW_HTTP=0
  wt_load "$WT_CONF" WISPTOOLS_URL TENANT_ID ALLOW_HTTP || wt_die "$WT_EXIT_USAGE" "cannot read $WT_CONF: this box is not enrolled"
  WISPTOOLS_URL=${WISPTOOLS_URL%/}
  wt_check_url "$WISPTOOLS_URL" || wt_die "$WT_EXIT_USAGE" "WISPTOOLS_URL in $WT_CONF must be an https address"
  wt_credentials || wt_die "$WT_EXIT_USAGE" "$WT_CREDENTIALS does not hold the credentials of an enrolled box"
}

wt_credentials() { # reads them afresh, so that every program uses rotated ones at once
  EPC_ID='' AUTH_CODE='' API_KEY='' SECRET_KEY=''
  wt_load "$WT_CREDENTIALS" EPC_ID AUTH_CODE API_KEY SECRET_KEY || return 1
  case $EPC_ID in epc_*) ;; *) return 1 ;; esac
  wt_is_hex "${EPC_ID#epc_}" 16 && wt_is_hex "$AUTH_CODE" 32 && wt_is_hex "$API_KEY" 64 && wt_is_hex "$SECRET_KEY" 64
}

wt_keep_credentials() { # FILE: {epc_id, auth_code, api_key, secret_key} as the cloud sent them
  wt_answer 'has("epc_id") and has("auth_code") and has("api_key") and has("secret_key")' "$1" || return 1
  jq -r '"EPC_ID=\(.epc_id)\nAUTH_CODE=\(.auth_code)\nAPI_KEY=\(.api_key)\nSECRET_KEY=\(.secret_key)"' "$1" >"$WT_TMP/credentials" || return 1
  wt_store "$WT_CREDENTIALS" 0600 <"$WT_TMP/credentials"
}

# --- signed requests -------------------------------------------------------------------------------------------------

wt_hmac() { # KEY: prints the hex HMAC-SHA256 of standard input. RFC 2104 with a key of exactly one block (64 hex digits):
  # tr turns each digit into itself XOR 0x36 (inner pad) or XOR 0x5c (outer pad); printf is a builtin, so the key is in no argument list
  {
    {
      printf '%s' "$1" | tr 0-9a-f '\006\007\004\005\002\003\000\001\016\017\127\124\125\122\123\120'
      cat
    } | openssl dgst -sha256 -binary
  } | {
    printf '%s' "$1" | tr 0-9a-f '\154\155\156\157\150\151\152\153\144\145\075\076\077\070\071\072'
    cat
  } | openssl dgst -sha256 -r | { read -r wt_digest _ && printf '%s\n' "$wt_digest"; }
}

wt_now() { # prints Unix seconds by the cloud's clock, with a fraction
  wt_offset=0
  { read -r wt_offset <"$WT_SPOOL/clock-offset"; } 2>/dev/null || :
  wt_is_number "${wt_offset#-}" || wt_offset=0
  wt_clock=$(date +%s.%N)
  wt_fraction=${wt_clock#*.}
  printf '%s.%s\n' "$((${wt_clock%.*} + wt_offset))" "${wt_fraction%???}"
}

wt_signature_headers() { # METHOD PATH [BODYFILE]: curl configuration lines
  wt_hash=$(sha256sum <"${3:-/dev/null}")
  wt_hash=${wt_hash%% *}
  wt_stamp=$(wt_now)
  wt_nonce=$(openssl rand -hex 16)
  wt_signed_hex=$(printf '%s\n%s\n%s\n%s\n%s' "$1" "$2" "$wt_stamp" "$wt_nonce" "$wt_hash" | wt_hmac "$SECRET_KEY")
  [ -n "$wt_signed_hex" ] || return 1
  printf 'header = "X-EPC-Auth-Code: %s"\nheader = "X-EPC-API-Key: %s"\n' "$AUTH_CODE" "$API_KEY"
  printf 'header = "X-EPC-Timestamp: %s"\nheader = "X-EPC-Nonce: %s"\nheader = "X-EPC-Signature: %s"\n' \
    "$wt_stamp" "$wt_nonce" "$wt_signed_hex"
}

wt_send() { # METHOD PATH [BODYFILE]: one request; WT_SIGN=no leaves the signature out. Sets WT_STATUS (000: no answer), fills WT_REPLY and WT_HEADERS
  : >"$WT_REPLY"
  : >"$WT_HEADERS"
  WT_STATUS=$({
    printf 'silent\nproto = "=http,https"\nconnect-timeout = 10\nmax-time = %s\nmax-filesize = 16777216\nuser-agent = "wisptools-device/%s"\n' "${WT_TIMEOUT:-60}" "$WT_VERSION"
    printf 'output = "%s"\ndump-header = "%s"\nwrite-out = "%%{http_code}"\n' "$WT_REPLY" "$WT_HEADERS"
    if [ -n "${3:-}" ]; then printf 'header = "Content-Type: application/json"\nheader = "Expect:"\ndata-binary = "@%s"\n' "$3"; fi
    if [ "${WT_SIGN:-yes}" = yes ]; then wt_signature_headers "$@" || exit 1; fi
    # Last: cut off before it, by a kill or a failure, nothing is sent, rather than a request without its signature.
    printf 'request = "%s"\nurl = "%s%s"\n' "$1" "$WISPTOOLS_URL" "$2"
  } | curl -q --config - 2>/dev/null) || WT_STATUS=000 # a broken transfer is no answer, whatever its first line said
  case $WT_STATUS in 2??) return 0 ;; *) return 1 ;; esac
}

wt_header() { # NAME (lower case): prints that header of the last answer
  awk -v name="$1" '{
    at = index($0, ":")
    if (at && tolower(substr($0, 1, at - 1)) == name) { value = substr($0, at + 1); gsub(/^[ \t]+|[ \t\r]+$/, "", value) }
  } END { print value }' "$WT_HEADERS"
}

wt_answer() { # CONDITION [FILE]: true when the last answer is one JSON value that fits it; jq -e alone is content with no value at all
  jq -es "length == 1 and (.[0] | ($1))" "${2:-$WT_REPLY}" >/dev/null 2>&1
}

wt_error() { # FIELD: prints error.FIELD of the last answer, if it has one
  jq -r --arg field "$1" 'try (.error[$field] // empty | tostring) catch empty' "$WT_REPLY" 2>/dev/null | tr -d '\000-\037' | cut -c1-500
}

wt_set_clock() { # learns from the answer's Date header how far our clock is off
  wt_date=$(wt_header date)
  wt_theirs=$(date -u -d "$wt_date" +%s 2>/dev/null) || return 1
  wt_is_number "$wt_theirs" && [ -n "$wt_date" ] || return 1
  wt_difference=$((wt_theirs - $(date +%s)))
  wt_log "this box's clock is $((0 - wt_difference)) s off the cloud's; correcting for it"
  printf '%s\n' "$wt_difference" | wt_store "$WT_SPOOL/clock-offset" 0644
}

wt_signed() { # METHOD PATH [BODYFILE]: true when the answer is 2xx. WT_REASON tells why not, in the cloud's word
  wt_tries=0 wt_clock_set=no
  while :; do
    WT_REASON=
    wt_credentials || wt_die "$WT_EXIT_USAGE" "$WT_CREDENTIALS does not hold the credentials of an enrolled box"
    if wt_send "$@"; then return 0; fi
    [ "$WT_STATUS" != 000 ] || return 1
    WT_REASON=$(wt_error reason)
    wt_tries=$((wt_tries + 1))
    [ "$wt_tries" -le 3 ] || return 1
    case $WT_REASON in
      clock_skew)
        [ "$wt_clock_set" = no ] && wt_set_clock || return 1
        wt_clock_set=yes
        ;;
      replayed) ;; # another program of ours was faster by a moment: sign again
      credential_revoked)
        wt_log "the cloud has revoked the credentials of $EPC_ID: an operator must enrol this box again (wisptools-register)"
        return 1
        ;;
      *) return 1 ;;
    esac
  done
}

wt_retry_after() { # prints the seconds the last answer asks us to wait, or nothing
  wt_wait=$(wt_header retry-after)
  if wt_is_number "$wt_wait" && [ "$wt_wait" -le 86400 ]; then printf '%s\n' "$wt_wait"; fi
}

wt_failure() { # prints what the last answer said, for people
  if [ "$WT_STATUS" = 000 ]; then
    printf 'no answer from %s\n' "$WISPTOOLS_URL"
  else
    printf 'HTTP %s %s\n' "$WT_STATUS" "$(wt_error message)"
  fi
}

# --- progress of a deployment ----------------------------------------------------------------------------------------

# wt_progress STEP STEP_STATE PERCENT MESSAGE [RUN_STATE [SCRIPT_VERSION]]: what cannot be said now is said later, in order.
# SCRIPT_VERSION may also be in WT_SCRIPT_VERSION. Never fails: a deployment does not depend on being watched.
wt_progress() {
  mkdir -p "$WT_SPOOL/progress" 2>/dev/null || return 0
  chown --reference="$WT_SPOOL" "$WT_SPOOL/progress" 2>/dev/null || :
  jq -n --arg step "$1" --arg step_state "$2" --arg percent "$3" --arg message "$4" --arg state "${5:-running}" \
    --arg version "${6:-${WT_SCRIPT_VERSION:-1}}" \
    '{script_version: ($version | tonumber), step: $step[0:64], $step_state, percent: ($percent | tonumber), message: $message[0:2000], $state}' |
    wt_store "$WT_SPOOL/progress/$(date +%s%N).json" 0600 || return 0
  (wt_flush_progress) || : # a subshell, as trouble with the credentials ends it
}

wt_flush_progress() { # sends the waiting progress reports, oldest first; keeps the newest 200
  set -- "$WT_SPOOL"/progress/*.json
  [ -e "$1" ] || return 0
  while [ "$#" -gt 200 ]; do rm -f "$1" && shift; done
  for wt_waiting; do
    if WT_TIMEOUT=20 wt_signed POST "/api/epc/$EPC_ID/progress" "$wt_waiting"; then
      rm -f "$wt_waiting"
      continue
    fi
    case $WT_STATUS in 400 | 404 | 409 | 412 | 413 | 422) rm -f "$wt_waiting" ;; *) return 1 ;; esac
  done
}
