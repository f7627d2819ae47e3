#!/bin/sh
# Whether a box is as well after an update as before. Sourced by wisptools-update after update-packages.sh and daemons.sh.
# A function that fails says why in WHY.
# shellcheck disable=SC2034,SC2154 # others of wisptools-update use them, or set them

ACTIVE=$UPDATE/active
CORE='open5gs-pcrfd open5gs-sgwud open5gs-upfd open5gs-sgwcd open5gs-smfd open5gs-mmed' # in the order in which they start
OURS='wisptools-network wisptools-agent wisptools-events'
SETTLE_SECONDS=${WISPTOOLS_SETTLE_SECONDS:-30} # that daemons may take to come up

seconds() { # whole seconds of a clock that nobody sets
  read -r up _ <"$WT_PROC/uptime"
  printf '%s\n' "${up%%.*}"
}

listens_for_s1ap() { # /proc/net/sctp/eps: ENDPT SOCK STY SST HBKT LPORT ...; 10 is a listening socket
  awk '$4 == 10 && $6 == 36412 { found = 1 } END { exit !found }' "$WT_PROC/net/sctp/eps" 2>/dev/null
}

record_active() { # what is not well before need not be well after
  {
    for unit in $CORE $OURS; do
      if systemctl is-active --quiet "$unit.service"; then printf '%s.service\n' "$unit"; fi
    done
    if systemctl is-active --quiet wisptools-command.path; then echo wisptools-command.path; fi
    if listens_for_s1ap; then echo s1ap; fi
  } >"$WT_TMP/active"
  keep "$ACTIVE" <"$WT_TMP/active" && return 0
  WHY='cannot write down what is running'
  return 1
}

changed() { # PACKAGE...: one of them is among those that this update changes
  for package; do
    if grep -q "^$package " "$UPDATE/previous"; then return 0; fi
  done
  return 1
}

put_to_work() { # what was replaced on disk; never our own unit
  timeout 120 systemctl daemon-reload 7>&- 8>&- || :
  if changed wisptools-agent; then
    timeout 300 "$WT_ROOT/usr/lib/wisptools/wisptools-setup" >"$WT_TMP/output" 2>&1 7>&- 8>&- ||
      { WHY="wisptools-setup failed: $(tail -n 1 "$WT_TMP/output")" && return 1; }
    restart wisptools-command.path
    restart wisptools-events.service
  fi
  for unit in $CORE; do
    if changed "${unit%d}" open5gs-common; then restart "$unit.service"; fi
  done
}

restart() { # UNIT, if it ran before; whether it stays up is seen later
  if grep -qx "$1" "$ACTIVE"; then timeout 120 systemctl restart "$1" 7>&- 8>&- || wt_log "$1 does not restart"; fi
}

restart_agent() { # its first report after this is the proof that it works, and leaves spool/accepted
  grep -qx wisptools-agent.service "$ACTIVE" || return 0
  timeout 120 systemctl stop wisptools-agent.service 7>&- 8>&- || :
  rm -rf "$WT_SPOOL/accepted"
  timeout 120 systemctl start wisptools-agent.service 7>&- 8>&- || :
}

look() { # NAME: writes WT_TMP/pulse.NAME
  SERVICES=$(sed -n 's/\.service$//p' "$ACTIVE")
  wt_down=''
  wt_pulse "$1"
  if grep -qx wisptools-command.path "$ACTIVE" && ! systemctl is-active --quiet wisptools-command.path; then
    wt_down="${wt_down:+$wt_down, }wisptools-command.path"
  fi
  [ -z "$wt_down" ] || { WHY="not running: $wt_down" && return 1; }
  if grep -qx s1ap "$ACTIVE" && ! listens_for_s1ap; then
    WHY='nothing listens for S1AP (SCTP port 36412)'
    return 1
  fi
}

steady() { # true while nothing has gone wrong; SETTLED_AT is empty until all is up
  if look now; then
    if [ -z "$SETTLED_AT" ]; then
      SETTLED_AT=$spent
      cp "$WT_TMP/pulse.now" "$WT_TMP/pulse.settled"
    fi
    cmp -s "$WT_TMP/pulse.now" "$WT_TMP/pulse.settled" && return 0
    WHY='a daemon did not stay up: systemd had to restart it'
    return 1
  fi
  [ -z "$SETTLED_AT" ] && [ "$spent" -lt "$SETTLE_SECONDS" ]
}

in_touch() { # what is reported comes before what is heard, as both may need the same network
  if [ "$TOLD" = no ]; then
    [ "$spent" -ge "$NEXT_TRY" ] || return 1
    NEXT_TRY=$((spent + 5))
    flush_reports || return 1
    TOLD=yes
  fi
  [ -e "$WT_SPOOL/accepted" ] || ! grep -qx wisptools-agent.service "$ACTIVE"
}

# gate new|before: succeeds when all that ran before has stayed up for HEALTH_SECONDS and, with the new versions, the cloud has
# heard of it within REPORT_SECONDS from us and from the agent. The versions before prove themselves without the cloud.
gate() {
  began=$(seconds) SETTLED_AT='' TOLD=no TOUCH=no NEXT_TRY=0
  restart_agent
  while :; do
    spent=$(($(seconds) - began))
    steady || return 1
    if [ "$1" = before ] || in_touch; then TOUCH=yes; fi
    if [ "$TOUCH" = yes ] && [ -n "$SETTLED_AT" ] && [ $((spent - SETTLED_AT)) -ge "$HEALTH_SECONDS" ]; then return 0; fi
    if [ "$TOUCH" = no ] && [ "$spent" -ge "$REPORT_SECONDS" ]; then
      if [ "$TOLD" = yes ]; then WHY="no report of the agent reached the cloud within $REPORT_SECONDS s"; else WHY="could not report within $REPORT_SECONDS s"; fi
      return 1
    fi
    if [ "$spent" -lt 30 ]; then wt_pause 1; else wt_pause 5; fi
  done
}
