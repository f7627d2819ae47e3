#!/usr/bin/env bats
# The root helper: what it runs, what it refuses, and that nothing runs twice.
# shellcheck disable=SC2016,SC2154,SC2030,SC2031

load box

ID=cmd_0123456789abcdef

setup() {
  make_box
  far_side
  enrolled
  reply POST /api/metrics/command-result '{"body":{"success":true}}'
  for tool in systemctl journalctl ping traceroute iperf3; do
    stub "$tool" <<STUB
echo "$tool \$*" >>'$BATS_TEST_TMPDIR/ran'
echo "output of $tool"
STUB
  done
  : >"$BATS_TEST_TMPDIR/ran"
}
teardown() { end_far_side; }

document() { # REQUEST
  jq -n --arg id "$ID" --argjson request "$1" '{id: $id, expires_at: "2099-01-01T00:00:00Z", request: $request}' >"$BATS_TEST_TMPDIR/command.json"
}

command_() {
  document "$1"
  run sh "$DEVICE/wisptools-command" "$BATS_TEST_TMPDIR/command.json"
  [ "$status" -eq 0 ]
}

results() { # JQ
  requests 'select(.url == "/api/metrics/command-result") | .body | fromjson | '"$1"
}

ran() {
  cat "$BATS_TEST_TMPDIR/ran"
}

@test "runs what it knows, tells that it runs, then how it ended" {
  command_ '{"type":"service","action":"restart","service":"mme"}'
  [ "$(ran | head -n 1)" = "systemctl restart open5gs-mmed.service" ]
  [ "$(results '"\(.command_id) \(.state) \(.exit_code)"')" = $'cmd_0123456789abcdef running null\ncmd_0123456789abcdef succeeded 0' ]
  [ "$(results .output | tail -n 1)" = "" ]
  [[ "$(results .output)" == *"output of systemctl"* ]]
  all_proper
}

@test "the other kinds reach the right tool" {
  for pair in '{"type":"collect_logs","lines":50}|journalctl --no-pager -a -o short-iso -n 50 -u open5gs-* -u wisptools-*' \
    '{"type":"diagnostics","tool":"ping","host":"192.0.2.1"}|ping -n -c 5 -w 20 192.0.2.1' \
    '{"type":"diagnostics","tool":"traceroute","host":"a-b.example"}|traceroute -n -q 1 -w 2 -m 20 a-b.example' \
    '{"type":"diagnostics","tool":"iperf","host":"2001:db8::1"}|iperf3 -c 2001:db8::1 -t 5 --connect-timeout 5000'; do
    ID=cmd_$(openssl rand -hex 8)
    : >"$BATS_TEST_TMPDIR/ran"
    command_ "${pair%%|*}"
    [ "$(ran)" = "${pair#*|}" ]
    [ "$(results .state | tail -n 1)" = succeeded ]
  done
}

@test "refuses what it does not know and every parameter outside the list" {
  for bad in '{"type":"service","action":"mask","service":"mme"}' '{"type":"service","action":"stop","service":"ssh"}' \
    '{"type":"service","action":"stop","service":"mme","extra":1}' '{"type":"service","action":["stop"],"service":"mme"}' \
    '{"type":"diagnostics","tool":"ping","host":"-f 192.0.2.1"}' '{"type":"diagnostics","tool":"ping","host":"a;reboot"}' \
    '{"type":"diagnostics","tool":"ping","host":"a\nb"}' '{"type":"diagnostics","tool":"ping","host":"a\n"}' '{"type":"diagnostics","tool":"sh","host":"a"}' \
    '{"type":"diagnostics","tool":"ping","host":""}' '{"type":"collect_logs","lines":5}' '{"type":"collect_logs","lines":"50"}' '{"type":"collect_logs","lines":50.5}' \
    '{"type":"reboot","delay":1}' '{"type":"format_disk"}' '{"type":null}' '{}' '[]' '"reboot"'; do
    ID=cmd_$(openssl rand -hex 8)
    command_ "$bad"
    echo "$bad: $(requests .url | tail -n 1)"
    [ "$(results '"\(.command_id) \(.state) \(.exit_code)"' | tail -n 1)" = "$ID failed 126" ]
  done
  [ -z "$(ran)" ]
  all_proper
}

@test "ids that could name other files are not commands" {
  for ID in '../../etc/x' 'cmd_0123' $'cmd_0123456789abcdef\n' ''; do
    command_ '{"type":"reboot"}'
  done
  [ -z "$(ran)" ]
  [ ! -s "$FAR/requests.ndjson" ]
}

@test "a command delivered twice runs once; its result is sent again" {
  command_ '{"type":"service","action":"stop","service":"upf"}'
  ran >"$BATS_TEST_TMPDIR/first"
  command_ '{"type":"service","action":"stop","service":"upf"}'
  cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/ran"
  [ "$(results .state | paste -sd' ')" = "running succeeded succeeded" ]
}

@test "a result that cannot be sent is sent later, and the command is not run again" {
  end_far_side
  command_ '{"type":"service","action":"start","service":"smf"}'
  [ -e "$VAR/commands/$ID.unsent" ]
  ran >"$BATS_TEST_TMPDIR/first"
  far_side
  enrolled
  reply POST /api/metrics/command-result '{"body":{"success":true}}'
  run sh "$DEVICE/wisptools-command" --queue
  [ "$(results '"\(.state) \(.exit_code)"')" = "succeeded 0" ]
  cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/ran"
  [ -e "$VAR/commands/$ID.result" ]
  [ ! -e "$VAR/commands/$ID.unsent" ]
}

@test "a tool's failure and its last words are the result" {
  stub systemctl <<'STUB'
echo "Unit not found" >&2
exit 5
STUB
  command_ '{"type":"service","action":"start","service":"smf"}'
  [ "$(results '"\(.state) \(.exit_code) \(.output)"' | tail -n +2)" = $'failed 5 Unit not found' ]
}

@test "output is bounded: the tail counts, and is valid text" {
  stub journalctl <<'STUB'
head -c 200000 /dev/zero | tr '\0' x
printf '\377\376\000\033[1;32mend\033[0m'
STUB
  command_ '{"type":"collect_logs","lines":2000}'
  all_proper
  [ "$(results '.output | length' | tail -n 1)" -le 65536 ]
  [ "$(results '.output[-3:]' | tail -n 1)" = end ]
}

@test "a shell script runs only where the box allows it" {
  command_ '{"type":"shell","script":"echo \"$((6*7))\"; touch '"$BATS_TEST_TMPDIR"'/shelled"}'
  [ "$(results .state | tail -n 1)" = failed ]
  [ ! -e "$BATS_TEST_TMPDIR/shelled" ]
  echo ALLOW_SHELL=1 >>"$ETC/wisptools.conf"
  ID=cmd_00000000000000ff
  command_ '{"type":"shell","script":"echo \"$((6*7))\"; touch '"$BATS_TEST_TMPDIR"'/shelled; exit 3"}'
  [ "$(results '"\(.state) \(.exit_code) \(.output)"' | tail -n 2 | head -n 1)" = "failed 3 42" ]
  [ -e "$BATS_TEST_TMPDIR/shelled" ]
}

@test "a command whose time is over is not run" {
  jq -n --arg id "$ID" '{id: $id, expires_at: "2020-01-01T00:00:00.000Z", request: {type: "reboot"}}' >"$BATS_TEST_TMPDIR/command.json"
  run sh "$DEVICE/wisptools-command" "$BATS_TEST_TMPDIR/command.json"
  [ -z "$(ran)" ]
  [ "$(results '"\(.state) \(.output)"')" = "failed refused: expired before this box got to it" ]
}

@test "a reboot is told before, and has succeeded after" {
  command_ '{"type":"reboot"}'
  [ "$(ran)" = "systemctl reboot" ]
  [ "$(results .state)" = running ]
  # Delivered again before the box is down: no second reboot.
  command_ '{"type":"reboot"}'
  [ "$(ran)" = "systemctl reboot" ]
  export WISPTOOLS_PROC=$BATS_TEST_TMPDIR/proc
  mkdir -p "$WISPTOOLS_PROC/sys/kernel/random"
  echo another-boot >"$WISPTOOLS_PROC/sys/kernel/random/boot_id"
  run sh "$DEVICE/wisptools-command" --queue
  [ "$(results '"\(.state) \(.output)"' | tail -n 2 | head -n 1)" = "succeeded rebooted" ]
  command_ '{"type":"reboot"}'
  [ "$(ran)" = "systemctl reboot" ]
}

@test "what the power cut short is reported failed, not run again" {
  document '{"type":"service","action":"stop","service":"mme"}'
  echo '{"type":"service","boot_id":"x"}' >"$VAR/commands/$ID.started"
  cp "$BATS_TEST_TMPDIR/command.json" "$VAR/spool/queue/1-$ID.json"
  run sh "$DEVICE/wisptools-command" --queue
  [ -z "$(ran)" ]
  [ "$(results .state | sort -u)" = failed ]
  [[ "$(results .output)" == *interrupted* ]]
  [ -z "$(ls "$VAR/spool/queue")" ]
}

@test "rotated credentials replace the old ones whole, and sign the result" {
  reply POST /api/epc/epc_0123456789abcdef/credentials "$(jq -n '{body: {success: true, auth_code: ("1a" * 16), api_key: ("2b" * 32), secret_key: ("3c" * 32)}}')"
  command_ '{"type":"rotate_credentials"}'
  [ "$(stat -c %a "$ETC/credentials")" = 600 ]
  [ "$(grep -c . "$ETC/credentials")" -eq 4 ]
  grep -qx "EPC_ID=epc_0123456789abcdef" "$ETC/credentials"
  grep -qx "SECRET_KEY=$(printf '3c%.0s' {1..32})" "$ETC/credentials"
  [ "$(requests '.headers["x-epc-api-key"][0:2]' | paste -sd' ')" = "b2 b2 2b" ]
  # apt follows: RFC 2104 by openssl itself.
  access=$WISPTOOLS_ROOT/etc/apt/auth.conf.d/wisptools.conf
  login=$(printf '2b%.0s' {1..32} | sha256sum | cut -c1-64)
  password=$(printf 'wisptools apt' | openssl dgst -sha256 -r -hmac "$(printf '3c%.0s' {1..32})" | cut -c1-64)
  [ "$(cat "$access")" = "machine $URL/apt/tenant_wisp123/ login $login password $password" ]
  [ "$(stat -c %a "$access")" = 600 ]
  ! grep -rq 3c3c3c "$VAR" "$WISPTOOLS_ROOT/var/log" || false
  ! results .output | grep -q 3c3c3c || false
}

@test "an answer without credentials leaves the old ones" {
  for body in '"<html>"' '{"success":true}' '""' '{"auth_code":"x","api_key":"y","secret_key":"z"}'; do
    end_far_side
    far_side
    enrolled
    reply POST /api/metrics/command-result '{"body":{"success":true}}'
    reply POST /api/epc/epc_0123456789abcdef/credentials "{\"body\":$body}"
    ID=cmd_$(openssl rand -hex 8)
    command_ '{"type":"rotate_credentials"}'
    [ "$(cat "$ETC/credentials")" = "$CREDENTIALS" ]
    [ "$(results .state | tail -n 1)" = failed ]
  done
}

@test "the queue is worked off in order and left empty, whatever is in it" {
  for n in 1 2 3; do
    ID=cmd_000000000000000$n
    document "{\"type\":\"diagnostics\",\"tool\":\"ping\",\"host\":\"192.0.2.$n\"}"
    cp "$BATS_TEST_TMPDIR/command.json" "$VAR/spool/queue/$n-$ID.json"
  done
  echo garbage >"$VAR/spool/queue/4-x.json"
  mkdir "$VAR/spool/queue/5-x.json"
  ln -s /nonexistent "$VAR/spool/queue/6-x.json"
  echo '{"do":"flush"}' >"$VAR/spool/queue/0-flush.json"
  run sh "$DEVICE/wisptools-command" --queue
  [ "$status" -eq 0 ]
  [ "$(ran | sed 's/.* //' | paste -sd' ')" = "192.0.2.1 192.0.2.2 192.0.2.3" ]
  [ -z "$(ls "$VAR/spool/queue")" ]
}

@test "one at a time" {
  exec 8>"$VAR/command.lock"
  flock 8
  document '{"type":"reboot"}'
  run sh "$DEVICE/wisptools-command" "$BATS_TEST_TMPDIR/command.json"
  exec 8>&-
  [ "$status" -eq 11 ]
  [ -z "$(ran)" ]
}
