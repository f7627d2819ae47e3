#!/bin/sh
# Open5GS's daemons under a deployment: whether they stay up, and whether a PCRF belongs to them. Sourced by the deployment
# script after lib.sh; fail, SERVICES and SETTLE_SECONDS are that script's.
# shellcheck disable=SC2154 # they are set there

wt_pulse() { # a line for each daemon; the same as long as none has ended, nor been started again by systemd
  for wt_service in $SERVICES; do
    systemctl is-active --quiet "$wt_service.service" || wt_down="${wt_down:+$wt_down, }$wt_service"
    systemctl show -p Id -p NRestarts "$wt_service.service" | grep '^NRestarts=' || :
  done >"$WT_TMP/pulse.$1"
}

wt_watch_daemons() {
  wt_waited=0 wt_down=''
  sleep 0.5
  wt_pulse before
  while [ "$wt_waited" -lt "$SETTLE_SECONDS" ]; do
    sleep 1
    wt_waited=$((wt_waited + 1))
    wt_pulse after
    [ -z "$wt_down" ] || fail "did not stay up: $wt_down"
    cmp -s "$WT_TMP/pulse.before" "$WT_TMP/pulse.after" || fail 'did not stay up: systemd had to restart a daemon'
  done
  [ -z "$wt_down" ] || fail "did not stay up: $wt_down"
}

# wt_end_unused_pcrf: succeeds when it ended one. Whether the SMF calls a PCRF on this box its configuration says, so that this
# is right after a roll back as well. The package stays, for the day it is wanted again and the link is down.
wt_end_unused_pcrf() {
  if grep -q '^# The PCRF is on this box' "$WT_ROOT/etc/freeDiameter/smf.conf" 2>/dev/null; then return 1; fi
  if ! systemctl is-active --quiet open5gs-pcrfd.service && ! systemctl is-enabled --quiet open5gs-pcrfd.service 2>/dev/null; then return 1; fi
  wt_log 'no PCRF is needed here any more'
  systemctl disable --quiet --now open5gs-pcrfd.service
}
