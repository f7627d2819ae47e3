# shellcheck shell=bash disable=SC2034,SC2154 # bats sets some, tests use others
# A box whose apt, dpkg and systemctl are stand-ins (update-world/), and what it told the cloud. Time passes by sleeping.

ROLLOUT=ro_00000000000000aa

setup() {
  make_box
  far_side
  enrolled
  export WISPTOOLS_PROC=$BATS_TEST_TMPDIR/proc WORLD=$BATS_TEST_TMPDIR/world CUTS=$BATS_TEST_TMPDIR/cuts
  export PATH="$BATS_TEST_DIRNAME/update-world:$PATH"
  UPDATE=$VAR/update
  mkdir -p "$WISPTOOLS_PROC/net/sctp" "$WISPTOOLS_PROC/sys/kernel/random" "$WISPTOOLS_ROOT/usr/lib/wisptools" "$WISPTOOLS_ROOT/etc/systemd/system"
  echo boot >"$WISPTOOLS_PROC/sys/kernel/random/boot_id"
  printf '#!/bin/sh\necho setup >>"%s/log"\ncp "%s/count" "%s/installed-at"\n' "$WORLD" "$WORLD" "$WORLD" >"$WISPTOOLS_ROOT/usr/lib/wisptools/wisptools-setup"
  chmod +x "$WISPTOOLS_ROOT/usr/lib/wisptools/wisptools-setup"
  reply POST /api/epc-updates/report '{"body":{"success":true}}'
  reply POST /api/metrics/command-result '{"body":{"success":true}}'
  fresh_world
}
teardown() { end_far_side; }

fresh_world() { # a box with the agent and an MME of version 1.0, and a repository with 2.0 of both
  rm -rf "$WORLD" "$UPDATE"
  mkdir -p "$WORLD"/{db,repo,active,bad,fail}
  echo 0 >"$WORLD/count"
  echo 9999999 >"$WORLD/free"
  echo '1000.00 900.00' >"$WISPTOOLS_PROC/uptime"
  printf ' ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\nf f 2   10  50   36412   109 21000 10.1.0.2 \n' >"$WISPTOOLS_PROC/net/sctp/eps"
  for name in wisptools-agent open5gs-mme; do
    echo 1.0 >"$WORLD/db/$name"
    for version in 1.0 2.0; do deb "$name" "$version"; done
  done
  for unit in wisptools-agent.service wisptools-events.service wisptools-command.path open5gs-mmed.service open5gs-upfd.service; do
    : >"$WORLD/active/$unit"
  done
  : >"$WORLD/log"
  : >"$FAR/requests.ndjson"
}

deb() { # NAME VERSION
  printf 'Package: %s\nVersion: %s\nInstalled-Size: 100\nwhole\n' "$1" "$2" >"$WORLD/repo/$1_${2//:/%3a}.deb"
}

sum() { # NAME VERSION
  sha256sum <"$WORLD/repo/$1_${2//:/%3a}.deb" | cut -c1-64
}

request() { # [JQ]: the request for 2.0 of both, changed
  jq -cn --arg rollout "$ROLLOUT" --arg agent "$(sum wisptools-agent 2.0)" --arg mme "$(sum open5gs-mme 2.0)" '
    {type: "update", rollout_id: $rollout, attempt: 1, restore: false, health_seconds: 60, report_seconds: 600, packages: [
      {name: "wisptools-agent", version: "2.0", sha256: $agent}, {name: "open5gs-mme", version: "2.0", sha256: $mme}]} | '"${1:-.}"
}

hand_over() { # [JQ]
  mkdir -p "$UPDATE"
  request "${1:-.}" >"$UPDATE/request.json"
}

program() { # in a session of its own, for power to end
  run setsid -w sh -c 'echo $$ >"$WORLD/session" && exec sh "$1"' - "$DEVICE/wisptools-update"
}

update() { # [JQ]
  hand_over "${1:-.}"
  program
}

told() { # JQ: of the reports that reached the cloud
  requests 'select(.url == "/api/epc-updates/report") | .body | fromjson | '"$1"
}

states() {
  told '"\(.rollout_id[-2:]).\(.attempt) \(.state)"' | paste -sd,
}

last_message() {
  told .message | tail -n 1
}

installed() {
  echo "$(cat "$WORLD/db/wisptools-agent") $(cat "$WORLD/db/open5gs-mme")"
}

at_rest() { # nothing is left of it but what the next one needs
  [ ! -e "$UPDATE/work.json" ] && [ ! -e "$UPDATE/state" ] && [ ! -e "$UPDATE/program" ] && [ ! -e "$UPDATE/request.json" ]
  [ -z "$(ls "$UPDATE/reports")" ]
  [ -z "$(ls "$WISPTOOLS_ROOT/etc/systemd/system")" ]
}
