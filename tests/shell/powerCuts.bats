#!/usr/bin/env bats
# The power goes while the updater is at work, at each call that writes, installs or starts something; the next run ends it right.
# shellcheck disable=SC2016,SC2154

load box
load updateWorld

# Runs an update and keeps what is on the disk before each of those calls: what a power cut there leaves. Then has each ended.
cut_everywhere() { # EXPECTED_STATE EXPECTED_VERSIONS [CALL]: after that call
  local cut cuts=0
  fresh_world
  if [ "$1" = rolled_back ]; then echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"; fi
  mkdir "$CUTS"
  update '.health_seconds = 2'
  [ "$status" -eq 0 ]
  mv "$CUTS" "$CUTS.taken" # what ends it is not cut
  for cut in $(find "$CUTS.taken" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n); do
    [ "$cut" -gt "${3:-0}" ] || continue
    cuts=$((cuts + 1))
    rm -rf "$WISPTOOLS_ROOT" "$WISPTOOLS_PROC" "$WORLD"
    cp -a "$CUTS.taken/$cut/." "$BATS_TEST_TMPDIR/"
    program
    echo "$cut: $(cat "$BATS_TEST_TMPDIR/call"): $status $(states) $(installed) $(last_message) $(ls "$UPDATE")"
    [ "$status" -eq 0 ]
    [ "$(states | sed 's/.*,//')" = "aa.1 $1" ]
    [ "$(installed)" = "$2" ]
    [ "$(told .state | awk '/committed|rolled_back|failed/' | sort -u | wc -l)" -eq 1 ]
    all_proper
    at_rest
  done
  [ "$cuts" -ge 15 ]
}

@test "cut anywhere, a good update is committed by the next run" {
  cut_everywhere committed "2.0 2.0"
}

@test "cut anywhere after installing, a bad update is rolled back by the next run" {
  update
  cut_everywhere rolled_back "1.0 1.0" "$(cat "$WORLD/installed-at")"
}
