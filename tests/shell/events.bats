#!/usr/bin/env bats
# From Open5GS's journal to the cloud's timeline of who attached and detached.
# shellcheck disable=SC2154

load box

setup() {
  make_box
  far_side
  enrolled
  reply POST /api/metrics/events '{"body":{"success":true,"accepted":1}}'
  number=0
  cd "$BATS_TEST_TMPDIR" || return
}
teardown() { end_far_side; }

line() { # MESSAGE: as journalctl -o json prints it
  number=$((number + 1))
  entry "$1"
}

entry() {
  jq -cn --arg m "$1" --arg i "$(printf '%x' "$number")" \
    '{__CURSOR: "s=739ad463348b4ceca5a9e69c95a3c93f;i=\($i);b=6c7c;m=4f;t=4c;x=d3", __REALTIME_TIMESTAMP: "1700000000500000", MESSAGE: $m}'
}

coloured() { # MESSAGE: Open5GS's colours make journald print bytes
  number=$((number + 1))
  entry "$(printf '\033[32m11/21 10:00:00.000\033[0m: [\033[33memm\033[0m] \033[1;32mINFO\033[0m: %s (../src/mme/emm-sm.c:1603)' "$1")" | jq -c '.MESSAGE |= explode'
}

events() { # the lines are in the file in
  run sh -c "'$DEVICE/wisptools-events' --stdin <in"
}

sent() { # JQ
  requests '.body | fromjson | .events[] | '"$1"
}

@test "an attach carries the session's address and APN; a detach its cause" {
  {
    coloured '[001010000000001] Attach request'
    coloured 'UE IMSI[001010000000001] APN[internet] IPv4[10.45.0.2] IPv6[]'
    coloured '[001010000000001] Attach complete'
    line '[001010000000001] Detach request'
    line 'Removed Session: UE IMSI:[imsi-001010000000001] DNN:[internet:5] IPv4:[10.45.0.2] IPv6:[]'
  } >in
  events
  [ "$status" -eq 0 ]
  all_proper
  [ "$(sent '"\(.type) \(.imsi) \(.apn) \(.ip) \(.cause) \(.at)"')" = $'attach 001010000000001 internet 10.45.0.2 null 1700000000.5\ndetach 001010000000001 internet 10.45.0.2 subscriber 1700000000.5' ]
}

@test "every way to leave is one detach, and a second APN's end is none" {
  {
    line 'UE IMSI[001010000000002] APN[internet] IPv4[10.45.0.3] IPv6[]'
    line '[001010000000002] Attach complete'
    line 'UE IMSI[001010000000002] APN[ims] IPv4[] IPv6[2001:db8::2]'
    line 'Removed Session: UE IMSI:[imsi-001010000000002] DNN:[ims:6] IPv4:[] IPv6:[2001:db8::2]'
    line 'Removed Session: UE IMSI:[imsi-001010000000002] DNN:[internet:5] IPv4:[10.45.0.3] IPv6:[]'
    line '[001010000000003] Implicit Detach timer expired, detaching UE'
    line '[001010000000004] Detach accept'
    line '[001010000000005] Attach reject [OGS_NAS_EMM_CAUSE:11]'
    line 'Removed Session: UE IMSI:[001010000000006] DNN:[internet:5] IPv4:[] IPv6:[2001:db8::6]'
  } >in
  events
  all_proper
  [ "$(sent '"\(.type) \(.imsi) \(.cause)"' | tail -n +2)" = "detach 001010000000002 session ended
detach 001010000000003 silent too long
detach 001010000000004 network
log 001010000000005 EMM cause 11
detach 001010000000006 session ended" ]
}

@test "lines that are no journal, and messages that only look alike, make no event" {
  {
    echo 'not json'
    echo '[1]'
    echo '{"MESSAGE":null}'
    echo '{"MESSAGE":{"a":1}}'
    line '[abc] Attach complete'
    line 'UE IMSI[1] APN[x] IPv4[] IPv6[]'
    line 'Attach request'
  } >in
  events
  [ "$status" -eq 0 ]
  [ ! -s "$FAR/requests.ndjson" ]
}

@test "the same journal lines make the same ids" {
  for _ in 1 2; do
    number=7
    line '[001010000000001] Attach complete' >in
    events
  done
  [ "$(sent .id | sort -u)" = 739ad463348b4ceca5a9e69c95a3c93f-8 ]
  [ "$(sent .id | wc -l)" -eq 2 ]
}

@test "batches hold a hundred at most, in order" {
  for n in $(seq 250); do line "[00101000000$(printf '%04d' "$n")] Attach complete"; done >in
  events
  all_proper
  [ "$(requests '.body | fromjson | .events | length' | paste -sd' ')" = "100 100 50" ]
  [ "$(sent .imsi)" = "$(sent .imsi | sort)" ]
  [ -z "$(ls "$VAR/spool/events")" ]
}

@test "events wait while the cloud is away, and each is sent once" {
  end_far_side
  for n in 1 2 3; do line "[00101000000000$n] Attach complete"; done >in
  events
  [ "$status" -eq 5 ]
  far_side
  enrolled
  reply POST /api/metrics/events '{"body":{"success":true,"accepted":1}}'
  line '[001010000000004] Attach complete' >in
  events
  [ "$status" -eq 0 ]
  [ "$(sent .imsi | paste -sd' ')" = "001010000000001 001010000000002 001010000000003 001010000000004" ]
}

@test "a batch that the cloud will never take is dropped, one it will take later is kept" {
  reply POST /api/metrics/events '{"status":503,"body":""}'
  line '[001010000000001] Attach complete' >in
  events
  [ "$status" -eq 5 ]
  end_far_side
  far_side
  enrolled
  reply POST /api/metrics/events '{"status":400,"body":{"success":false,"error":{"code":"invalid-argument","message":"no"}}}' '{"body":{"success":true,"accepted":1}}'
  line '[001010000000002] Attach complete' >in
  events
  [ "$status" -eq 0 ]
  [ "$(sent .imsi | paste -sd' ')" = "001010000000001 001010000000002" ]
}

@test "follows the journal from where it stopped, and takes its helpers with it" {
  line '[001010000000001] Attach complete' >"$BATS_TEST_TMPDIR/journal"
  stub journalctl <<STUB
echo "\$*" >>'$BATS_TEST_TMPDIR/asked'
cat '$BATS_TEST_TMPDIR/journal'
exec sleep 1000
STUB
  for round in 1 2; do
    sh "$DEVICE/wisptools-events" 3>&- 2>/dev/null &
    pid=$!
    while [ "$(requests .method | wc -l)" -lt "$round" ]; do
      kill -0 "$pid"
      sleep 0.1
    done
    helpers=$(pgrep -P "$pid" | paste -sd' ')
    kill "$pid"
    wait "$pid" || true
    for helper in $helpers; do
      for _ in $(seq 100); do kill -0 "$helper" 2>/dev/null || continue 2; sleep 0.05; done
      false # a helper lives on
    done
    number=$round
    line '[001010000000002] Attach complete' >"$BATS_TEST_TMPDIR/journal"
  done
  [ "$(head -n 1 "$BATS_TEST_TMPDIR/asked")" = "-f -n 0 -o json --output-fields=MESSAGE,_SYSTEMD_UNIT -u open5gs-mmed -u open5gs-smfd" ]
  [[ "$(tail -n 1 "$BATS_TEST_TMPDIR/asked")" == "-f --after-cursor=s=739ad463348b4ceca5a9e69c95a3c93f;i=1;"* ]]
}
