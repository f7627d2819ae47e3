#!/usr/bin/env bats
# The foundation of the device's programs: signatures, secrets, clocks, configuration.
# shellcheck disable=SC2016,SC2154,SC2153

load box

setup() {
  make_box
  far_side
  enrolled
}
teardown() { end_far_side; }

in_lib() { # SCRIPT: runs it with lib.sh, as the programs do
  run sh -euc ". '$DEVICE/lib.sh'; wt_begin; wt_configured; $1"
}

@test "the HMAC is node's, for any key and text" {
  for size in 0 1 55 56 63 64 65 200 5000; do
    key=$(openssl rand -hex 32)
    head -c "$size" /dev/urandom >"$BATS_TEST_TMPDIR/text"
    expected=$("$NODE" -e 'const c=require("crypto");console.log(c.createHmac("sha256",process.argv[1]).update(require("fs").readFileSync(process.argv[2])).digest("hex"))' "$key" "$BATS_TEST_TMPDIR/text")
    in_lib "wt_hmac $key <'$BATS_TEST_TMPDIR/text'"
    [ "$output" = "$expected" ]
  done
  in_lib "printf 'hello\nworld' | wt_hmac 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  [ "$output" = "$(printf 'hello\nworld' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef -r | cut -d' ' -f1)" ]
}

@test "signs a body and a path with its query so that the contract's own text verifies it" {
  reply POST /api/metrics/submit '{"body":{"success":true}}'
  reply GET /api/epc/epc_0123456789abcdef/deployment-script '{"body":"x"}'
  printf '{"uptime_seconds":5,"version":{"os":"\\u00fc ñ 漢"}}' >"$BATS_TEST_TMPDIR/body"
  in_lib "wt_signed POST /api/metrics/submit '$BATS_TEST_TMPDIR/body'; wt_signed GET '/api/epc/epc_0123456789abcdef/deployment-script?version=7'; cat \$WT_REPLY"
  [ "$output" = x ]
  all_proper
  [ "$(requests .url | tail -n 1)" = "/api/epc/epc_0123456789abcdef/deployment-script?version=7" ]
}

@test "what can't be signed, or is killed while it is, is not sent" {
  reply POST /api/metrics/events '{"body":{"success":true,"accepted":0}}'
  printf '{}' >"$BATS_TEST_TMPDIR/body"
  send="wt_send POST /api/metrics/events '$BATS_TEST_TMPDIR/body' || echo \"not sent: \$WT_STATUS\""
  in_lib "openssl() { return 1; }; wt_credentials; $send"
  [ "$output" = "not sent: 000" ]
  in_lib "wt_signature_headers() { sh -c 'kill -9 \$PPID'; }; wt_credentials; $send"
  [ "${lines[-1]}" = "not sent: 000" ] # the shell says "Killed" before
  [ "$(requests .url)" = "" ]
  in_lib "wt_credentials; $send; echo sent"
  [ "$output" = sent ]
}

@test "no secret is in any program's arguments" {
  for tool in curl openssl jq sha256sum tr sed awk cat head date od sync mv; do
    real=$(command -v "$tool")
    stub "$tool" <<STUB
echo "\$*" >>'$BATS_TEST_TMPDIR/arguments'
exec '$real' "\$@"
STUB
  done
  reply POST /api/epc/epc_0123456789abcdef/progress '{"body":{"success":true}}'
  in_lib 'wt_progress packages running 10 "installing" running 1'
  [ "$status" -eq 0 ]
  all_proper
  # The wrappers did see the programs run.
  grep -q -- '--config -' "$BATS_TEST_TMPDIR/arguments"
  for secret in "$SECRET" b2b2b2b2b2b2 a1a1a1a1a1a1; do
    run grep -c "$secret" "$BATS_TEST_TMPDIR/arguments"
    [ "$output" = 0 ]
  done
}

@test "a wrong clock is corrected from the Date header, once, and stays corrected" {
  reply POST /api/metrics/events \
    '{"status":401,"headers":{"date":"Thu, 01 Jan 2032 00:00:00 GMT"},"body":{"success":false,"error":{"code":"unauthenticated","message":"off","reason":"clock_skew"}}}' \
    '{"body":{"success":true,"accepted":1}}'
  echo '{"events":[{"type":"attach"}]}' >"$BATS_TEST_TMPDIR/body"
  in_lib "wt_signed POST /api/metrics/events '$BATS_TEST_TMPDIR/body' && wt_signed POST /api/metrics/events '$BATS_TEST_TMPDIR/body'"
  [ "$status" -eq 0 ]
  all_proper
  [ "$(requests .method | wc -l)" -eq 3 ]
  # 2032-01-01 is 1956528000.
  requests '.headers["x-epc-timestamp"]' | tail -n 2 | while read -r stamp; do [ "${stamp%%.*}" -ge 1956528000 ]; done
}

@test "a clock that the correction does not mend is not argued about" {
  reply POST /api/metrics/events \
    '{"status":401,"headers":{"date":"Thu, 01 Jan 2032 00:00:00 GMT"},"body":{"success":false,"error":{"code":"unauthenticated","message":"off","reason":"clock_skew"}}}'
  echo '{"events":[{"type":"attach"}]}' >"$BATS_TEST_TMPDIR/body"
  in_lib "wt_signed POST /api/metrics/events '$BATS_TEST_TMPDIR/body'"
  [ "$status" -ne 0 ]
  [ "$(requests .method | wc -l)" -eq 2 ]
}

@test "a request that came second is signed again with a newer time" {
  reply POST /api/metrics/events '{"status":401,"body":{"success":false,"error":{"code":"unauthenticated","message":"old","reason":"replayed"}}}' '{"body":{"success":true}}'
  echo '{"events":[{"type":"detach"}]}' >"$BATS_TEST_TMPDIR/body"
  in_lib "wt_signed POST /api/metrics/events '$BATS_TEST_TMPDIR/body'"
  [ "$status" -eq 0 ]
  all_proper
  stamps=$(requests '.headers["x-epc-timestamp"]')
  [ "$(printf '%s\n' "$stamps" | sort -n | uniq)" = "$stamps" ]
  [ "$(requests '.headers["x-epc-nonce"]' | sort -u | wc -l)" -eq 2 ]
}

@test "revoked credentials are said to be revoked, and used once" {
  reply POST /api/metrics/events '{"status":401,"body":{"success":false,"error":{"code":"unauthenticated","message":"x","reason":"credential_revoked"}}}'
  echo '{"events":[{"type":"detach"}]}' >"$BATS_TEST_TMPDIR/body"
  in_lib "wt_signed POST /api/metrics/events '$BATS_TEST_TMPDIR/body'"
  [ "$status" -ne 0 ]
  [[ "$output" == *"revoked the credentials of epc_0123456789abcdef"* ]]
  [ "$(requests .method | wc -l)" -eq 1 ]
}

@test "configuration is read, never run" {
  printf 'WISPTOOLS_URL=%s\nTENANT_ID=$(touch %s/pwned)`touch %s/pwned`\n' "$URL" "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR" >"$ETC/wisptools.conf"
  in_lib 'printf "%s" "$TENANT_ID"'
  [ "$output" = "\$(touch $BATS_TEST_TMPDIR/pwned)\`touch $BATS_TEST_TMPDIR/pwned\`" ]
  [ ! -e "$BATS_TEST_TMPDIR/pwned" ]
}

@test "addresses: https anywhere, http to this machine alone" {
  for good in https://wisp.example https://wisp.example:8443/base http://127.0.0.1:5000 'http://[::1]:5000' http://localhost; do
    in_lib "wt_check_url '$good'"
    [ "$status" -eq 0 ]
  done
  for bad in http://wisp.example http://127.0.0.1.evil.example 'https://a b' 'https://a"x' https://user@host ftp://x '' 'https://a
b'; do
    in_lib "wt_check_url '$bad'"
    [ "$status" -ne 0 ]
  done
}

@test "credentials that are not whole are refused" {
  sed -i 's/^SECRET_KEY=.*/SECRET_KEY=short/' "$ETC/credentials"
  in_lib true
  [ "$status" -eq 2 ]
  [[ "$output" == *"does not hold the credentials"* ]]
}

@test "progress that cannot be told is told later, in order, and never fails" {
  end_far_side
  in_lib 'wt_progress packages running 10 "one"; wt_progress packages succeeded 20 "it'"'"'s \"two\"" running 3'
  [ "$status" -eq 0 ]
  [ "$(find "$VAR/spool/progress" -name '*.json' | wc -l)" -eq 2 ]
  far_side
  enrolled
  reply POST /api/epc/epc_0123456789abcdef/progress '{"body":{"success":true}}'
  in_lib 'wt_progress done succeeded 100 "three" succeeded 3'
  [ "$status" -eq 0 ]
  all_proper
  run requests '.body | fromjson | .message'
  [ "$output" = $'one\nit\'s "two"\nthree' ]
  [ -z "$(ls "$VAR/spool/progress")" ]
}
