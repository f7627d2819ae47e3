#!/bin/sh
# Where an update stands, on disk and in the cloud. Sourced by wisptools-update after lib.sh. Below /var/lib/wisptools/update:
#   request.json  handed over by wisptools-command and not begun
#   work.json     the request at work
#   state         how far it is
#   previous      NAME VERSION lines, - for none: what each package that changes was before
#   active        what ran before: services, path units, and s1ap if the MME listened
#   packages/     .debs by name and version: the new ones and the ones before
#   reports/      what the cloud has not been told, in order
#   done/         the last report of each update, ROLLOUT.ATTEMPT
#   program/      the programs that began this update: they end it, whatever it installs
# Each file is replaced whole and on the disk before the step that relies on it.
# shellcheck disable=SC2034,SC2154 # others of wisptools-update use them, or set them

UPDATE=$WT_VAR/update

keep() { # FILE: standard input becomes FILE, name and all, even through a power cut
  wt_store "$1" 0600 && sync "${1%/*}"
}

plain() { # TEXT: one line that fits into a report
  printf '%s' "$1" | tr -s '\000-\037\177' ' ' | cut -c1-900
}

installed_version() { # NAME: prints the version that is installed and configured, - if there is none
  # shellcheck disable=SC2016 # dpkg-query's own variables
  { dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null || :; } |
    awk '$1 == "installed" && !seen { seen = 1; print $2 } END { if (!seen) print "-" }'
}

# --- the request and the state ---------------------------------------------------------------------------------------

sound_request() { # FILE
  jq -es "$(cat "$WT_HERE/update-request.jq") length == 1 and (.[0] | update_request)" "$1" >/dev/null 2>&1
}

load_work() {
  work=$UPDATE/work.json
  jq -r '"ROLLOUT=\(.rollout_id)\nATTEMPT=\(.attempt)\nRESTORE=\(.restore)\nHEALTH_SECONDS=\(.health_seconds)\nREPORT_SECONDS=\(.report_seconds)"' "$work" >"$WT_TMP/work"
  wt_load "$WT_TMP/work" ROLLOUT ATTEMPT RESTORE HEALTH_SECONDS REPORT_SECONDS
  DONE=$UPDATE/done/$ROLLOUT.$ATTEMPT
  WANTED=$WT_TMP/wanted # NAME VERSION SHA256[,SHA256...] lines
  jq -r '.packages[] | "\(.name) \(.version) \([.sha256] + (.otherSha256 // []) | join(","))"' "$work" >"$WANTED"
  STATE=begun TRIES=0 REASON=''
  wt_load "$UPDATE/state" STATE TRIES REASON || :
  wt_is_number "$TRIES" || TRIES=0
}

save_state() {
  printf 'STATE=%s\nTRIES=%s\nREASON=%s\n' "$STATE" "$TRIES" "$REASON" | keep "$UPDATE/state"
}

enter() { # STATE [REASON]: on the disk first, then told to the cloud
  STATE=$1 TRIES=1
  REASON=$(plain "${2:-}")
  wt_log "$ROLLOUT, attempt $ATTEMPT: $STATE${REASON:+ ($REASON)}"
  case $STATE in
    restoring | committed | rolled_back | failed) save_state || : ;; # a full disk is no reason to stay; conclude reports the last three
    *)
      save_state && report || return 1
      flush_reports || :
      ;;
  esac
}

# --- reports ---------------------------------------------------------------------------------------------------------

# What was not changed was before what it is. Of the packages that changed along with those asked for, only ours and Open5GS's are
# the rollout's affair.
# shellcheck disable=SC2016 # jq's own variables
REPORT='
def versions: split("\n") | map(select(length > 0) | split(" ") | {key: .[0], value: (if .[1] == "-" then "" else .[1] end)}
  | select(.value | test("\\A(?:(?:[0-9]{1,9}:)?[0-9][A-Za-z0-9.+~-]*)?\\z"))) | from_entries;
($wanted | split("\n") | map(split(" ")[0])) as $names |
{rollout_id: $rollout, attempt: $attempt, state: $state, message: $message, installed: ($installed | versions),
  previous: (($installed | versions) + ($previous | versions) |
    with_entries(select(.key as $key | ($names | index($key)) or ($key | test("\\A(?:wisptools|open5gs)-")))))}'

report() { # puts the present state behind what the cloud has not been told yet
  while read -r name _; do
    printf '%s %s\n' "$name" "$(installed_version "$name")"
  done <"$WANTED" >"$WT_TMP/installed"
  : >"$WT_TMP/before"
  if [ -e "$UPDATE/previous" ]; then cp "$UPDATE/previous" "$WT_TMP/before"; fi
  jq -cn --arg rollout "$ROLLOUT" --argjson attempt "$ATTEMPT" --arg state "$STATE" --arg message "$REASON" --rawfile wanted "$WANTED" \
    --rawfile installed "$WT_TMP/installed" --rawfile previous "$WT_TMP/before" "$REPORT" >"$WT_TMP/report" || return 1
  queue_report "$WT_TMP/report"
}

queue_report() { # FILE
  last=0
  for waiting in "$UPDATE/reports"/*.json; do last=${waiting##*/}; done
  last=${last%.json}
  last=${last#"${last%%[!0]*}"} # an octal number otherwise
  wt_is_number "$last" || last=0
  keep "$UPDATE/reports/$(printf %06d "$((last + 1))").json" <"$1"
}

flush_reports() { # in order; true when the cloud has been told everything
  for waiting in "$UPDATE/reports"/*.json; do
    [ -e "$waiting" ] || return 0
    (send_report "$waiting") || return 1 # a subshell, as trouble with the credentials ends it
    rm -f "$waiting" && sync "$UPDATE/reports"
  done
}

send_report() { # FILE: what only looks like an answer of the cloud's is none: a captive portal, say
  WT_TIMEOUT=20
  if wt_signed POST /api/epc-updates/report "$1"; then
    wt_answer '.success == true'
    return
  fi
  wt_log "could not report: $(wt_failure)"
  case $WT_STATUS in
    400 | 404 | 409 | 412 | 413 | 422) wt_answer '.error | type == "object"' ;; # nobody wants it, now or later
    *) return 1 ;;
  esac
}

# --- the end ---------------------------------------------------------------------------------------------------------

conclude() { # the state is an end: told, remembered, and nothing left at work; may run again after a power cut
  clean_packages
  if [ ! -e "$DONE" ]; then
    report || { (send_report "$WT_TMP/report") || return 1; } # a full disk shall not silence us
    keep "$DONE" <"$WT_TMP/report" || return 1
  fi
  rm -f "$UPDATE/state" "$UPDATE/previous" "$UPDATE/active"
  sync "$UPDATE" # with these left behind, the next update would go on from them
  rm -f "$UPDATE/work.json"
  sync "$UPDATE"
  find "$UPDATE/done" -type f -mtime +400 -delete
}
