#!/usr/bin/env bats
# enrol.sh: the one file that a bare box fetches.
# shellcheck disable=SC2154

load box

setup() {
  make_box
  far_side
  sh "$DEVICE/bundle.sh" >"$BATS_TEST_TMPDIR/enrol.sh"
}
teardown() { end_far_side; }

enrol() {
  WISPTOOLS_ENROLL_TOKEN=wt_enroll_test run sh "$1" --url "$URL" --tenant tenant_wisp123 --no-deploy --once
}

@test "needs nothing beside itself: installs the programs and enrols" {
  reply POST /api/epc/auto-register '{"status":403,"body":{"success":false,"error":{"code":"permission-denied","message":"not today"}}}'
  cd "$BATS_TEST_TMPDIR" || return
  enrol enrol.sh
  [ "$status" -eq 4 ]
  [[ "$output" == *"not today"* ]]
  [ "$(requests .contract)" = ok ]
  for file in lib.sh hardware.sh diameter.sh repository.sh wisptools-register wisptools-deploy; do
    cmp "$DEVICE/$file" "$WISPTOOLS_ROOT/usr/lib/wisptools/$file"
  done
}

@test "half a download does nothing" {
  size=$(wc -c <"$BATS_TEST_TMPDIR/enrol.sh")
  for cut in 1 100 $((size / 3)) $((size / 2)) $((size - 300)) $((size - 12)); do
    head -c "$cut" "$BATS_TEST_TMPDIR/enrol.sh" >"$BATS_TEST_TMPDIR/half.sh"
    enrol "$BATS_TEST_TMPDIR/half.sh"
    [ ! -e "$WISPTOOLS_ROOT" ]
  done
  [ ! -s "$FAR/requests.ndjson" ]
}

@test "every program and the bundle are clean POSIX shell" {
  cd "$DEVICE" || return
  for file in *.sh wisptools-* "$BATS_TEST_TMPDIR/enrol.sh"; do
    [ "$(head -n 1 "$file")" = '#!/bin/sh' ]
    dash -n "$file"
    shellcheck -x -P . "$file"
  done
}

@test "the units name programs that exist, and pass systemd's own check" {
  command -v systemd-analyze >/dev/null || skip "systemd-analyze is not here"
  for unit in "$DEVICE"/systemd/*; do
    sed "s#/usr/lib/wisptools/#$DEVICE/#" "$unit" >"$BATS_TEST_TMPDIR/${unit##*/}"
  done
  run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR"/wisptools-*.service "$BATS_TEST_TMPDIR"/wisptools-*.path
  [ "$status" -eq 0 ]
  [[ "$output" != *wisptools-* ]]
}

@test "systemd takes the daemon's unit" {
  command -v systemd-analyze >/dev/null || skip "systemd-analyze is not here"
  sed 's|/usr/lib/wisptools-daemon/node|/bin/true|' "$BATS_TEST_DIRNAME/../../scripts/release/wisptools-daemon.service" \
    >"$BATS_TEST_TMPDIR/wisptools-daemon.service"
  run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/wisptools-daemon.service"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
}
