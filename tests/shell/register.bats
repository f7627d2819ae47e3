#!/usr/bin/env bats
# Enrolment of a box, with clouds that say yes, later, no, and nonsense.
# shellcheck disable=SC2016,SC2154

load box

REGISTERED='{success: true, existing: false, epc_id: "epc_0123456789abcdef", tenant_id: "tenant_wisp123", auth_code: ("a1" * 16), api_key: ("b2" * 32),
  secret_key: ("c3" * 32), site_name: "Auto-x", network_config: {mcc: "001", mnc: "01", tac: 7, apn: "internet", dns_primary: "", dns_secondary: ""},
  deployment_script_url: "/x", deployment_script_sha256: ("0" * 64), signing_key: $key, diameter: {}, message: "ok"}'

setup() {
  make_box
  far_side
  mkdir -p "$FAR/one" "$FAR/two"
  echo signed >"$FAR/one/text"
  "$NODE" "$BATS_TEST_DIRNAME/sign.mjs" "$FAR/one" "$FAR/one/text"
  "$NODE" "$BATS_TEST_DIRNAME/sign.mjs" "$FAR/two"
  registered=$(jq -n --rawfile key "$FAR/one/key.asc" "{status: 201, body: $REGISTERED}")
  PENDING='{"status":202,"body":{"success":true,"status":"pending","claim_id":"claim_0123456789abcdef01234567","claim_secret":"s3cret","confirmation_code":"WX-42","poll_interval":1,"message":"wait"}}'
}
teardown() { end_far_side; }

register() {
  WISPTOOLS_ENROLL_TOKEN=wt_enroll_test run sh "$DEVICE/wisptools-register" --url "$URL" --tenant tenant_wisp123 --no-deploy "$@"
}

nothing_kept() {
  [ ! -e "$ETC/credentials" ]
  [ ! -e "$ETC/signing-key.pgp" ]
  [ ! -e "$ETC/wisptools.conf" ]
}

@test "enrols: credentials for root alone, the signing key pinned, the token in the body only" {
  reply POST /api/epc/auto-register "$registered"
  register
  [ "$status" -eq 0 ]
  [[ "$output" == *"enrolled as epc_0123456789abcdef (Auto-x) of tenant_wisp123: PLMN 001/01, TAC 7"* ]]
  [ "$(cat "$ETC/credentials")" = "$CREDENTIALS" ]
  [ "$(stat -c %a "$ETC/credentials")" = 600 ]
  gpgv --homedir "$BATS_TEST_TMPDIR" --keyring "$ETC/signing-key.pgp" "$FAR/one/text.asc" "$FAR/one/text"
  grep -qx "WISPTOOLS_URL=$URL" "$ETC/wisptools.conf"
  grep -q "^machine $URL/apt/tenant_wisp123/ login $(printf 'b2%.0s' {1..32} | sha256sum | cut -c1-64) " "$WISPTOOLS_ROOT/etc/apt/auth.conf.d/wisptools.conf"
  [ "$(requests .contract)" = ok ]
  [ "$(requests '.body | fromjson | .enrollment_token')" = wt_enroll_test ]
  [ "$(requests '.body | fromjson | .hardware_id')" = "$(cat "$WISPTOOLS_SYS/class/dmi/id/product_uuid")" ]
  [ "$(requests '.body | fromjson | [.hardware.nics[0].name, .hardware.nics[0].speed_mbps, .hardware.disks[0].size_gb] | join(" ")')" = "eth0 1000 1000" ]
  ! grep -rq -e wt_enroll_test -e "$SECRET" "$WISPTOOLS_ROOT/var" || false
}

@test "hostile names of the box stay names" {
  stub uname <<'STUB'
printf 'x"; $(touch /tmp/pwned) `id` \\ ,{}\tü%s\n' "'"
STUB
  printf 'Evil "Vendor"\\\n' >"$WISPTOOLS_SYS/class/dmi/id/sys_vendor"
  head -c 400 /dev/zero | tr '\0' A >"$WISPTOOLS_SYS/class/dmi/id/product_name"
  reply POST /api/epc/auto-register "$registered"
  register
  [ "$status" -eq 0 ]
  [ "$(requests .contract)" = ok ]
  [ "$(requests '.body | fromjson | .system_info.hostname')" = 'x"; $(touch /tmp/pwned) `id` \ ,{} ü'"'" ]
  [ "$(requests '.body | fromjson | .system_info.manufacturer')" = "Evil \"Vendor\"\\" ]
  [ "$(requests '.body | fromjson | .system_info.product | length')" = 128 ]
}

@test "an error page, a half answer or a reply without credentials is not kept" {
  reply POST /api/epc/auto-register '{"body":"<html>Sign in to WiFi</html>","headers":{"content-type":"text/html"}}'
  register
  [ "$status" -eq 7 ]
  nothing_kept
  for bad in '.body.secret_key = "zz"' '.body.epc_id = "epc_0123456789abcdef\nALLOW_SHELL=1"' 'del(.body.signing_key)' '.body.signing_key = "no key"' '.status = 204'; do
    end_far_side
    far_side
    reply POST /api/epc/auto-register "$(printf '%s' "$registered" | jq "$bad")"
    register
    [ "$status" -eq 7 ]
    nothing_kept
  done
  end_far_side
  far_side
  reply POST /api/epc/auto-register "$(printf '%s' "$registered" | jq '.cut = true')"
  register --once
  [ "$status" -eq 5 ]
  nothing_kept
}

@test "a refusal is passed on in the cloud's words" {
  reply POST /api/epc/auto-register '{"status":403,"body":{"success":false,"error":{"code":"permission-denied","message":"the token was revoked"}}}'
  register
  [ "$status" -eq 4 ]
  [[ "$output" == *"not enrolled: HTTP 403 the token was revoked"* ]]
  nothing_kept
}

@test "waits for an operator with its claim, and shows the confirmation code" {
  reply POST /api/epc/auto-register "$PENDING" "$PENDING" "$registered"
  register
  [ "$status" -eq 0 ]
  [[ "$output" == *"confirmation code WX-42"* ]]
  run requests '.body | fromjson | "\(.claim_id) \(.claim_secret)"'
  [ "$output" = $'null null\nclaim_0123456789abcdef01234567 s3cret\nclaim_0123456789abcdef01234567 s3cret' ]
  [ ! -e "$VAR/state/claim" ]
}

@test "a claim outlives the program, for its owner alone; once rejected it is forgotten" {
  reply POST /api/epc/auto-register "$PENDING" '{"status":403,"body":{"success":false,"error":{"code":"permission-denied","message":"rejected"}}}'
  register --once
  [ "$status" -eq 6 ]
  [ "$(stat -c %a "$VAR/state/claim")" = 600 ]
  register --once
  [ "$status" -eq 4 ]
  [ "$(requests '.body | fromjson | .claim_id' | tail -n 1)" = claim_0123456789abcdef01234567 ]
  [ ! -e "$VAR/state/claim" ]
}

@test "a busy cloud is asked again" {
  reply POST /api/epc/auto-register '{"status":503,"body":"oops"}' '{"status":429,"headers":{"retry-after":"1"},"body":"slow"}' "$registered"
  register
  [ "$status" -eq 0 ]
  [ "$(requests .method | wc -l)" -eq 3 ]
}

@test "no cloud at all, asked once" {
  end_far_side
  register --once
  [ "$status" -eq 5 ]
  nothing_kept
}

@test "another signing key than the pinned one is refused, unless told" {
  two=$(jq -n --rawfile key "$FAR/two/key.asc" "{status: 200, body: $REGISTERED}" | jq '.body.api_key = "d4" * 32')
  reply POST /api/epc/auto-register "$registered" "$two" "$two"
  register
  [ "$status" -eq 0 ]
  before=$(sha256sum "$ETC/signing-key.pgp" "$ETC/credentials")
  register
  [ "$status" -eq 8 ]
  [ "$(sha256sum "$ETC/signing-key.pgp" "$ETC/credentials")" = "$before" ]
  register --trust-new-key
  [ "$status" -eq 0 ]
  [ "$(sha256sum "$ETC/signing-key.pgp" "$ETC/credentials")" != "$before" ]
}

@test "an enrolled box signs when it enrols again, and does without when its credentials no longer hold" {
  reply POST /api/epc/auto-register "$registered" "$registered" '{"status":401,"body":{"success":false,"error":{"code":"unauthenticated","message":"x","reason":"credential_revoked"}}}' "$registered"
  register
  register
  register
  [ "$status" -eq 0 ]
  run requests .signature
  [ "$output" = $'none\nholds\nholds\nnone' ]
}

@test "a dry run shows what it would say, without the token, and says nothing" {
  register --dry-run
  [ "$status" -eq 0 ]
  [ "$(printf '%s' "$output" | jq -r .enrollment_token)" = "(hidden)" ]
  [ ! -s "$FAR/requests.ndjson" ]
  [ ! -e "$WISPTOOLS_ROOT" ]
}

@test "refuses addresses that would show the token to everyone, and tenants that are none" {
  WISPTOOLS_ENROLL_TOKEN=t run sh "$DEVICE/wisptools-register" --url http://wisp.example --tenant tenant_a
  [ "$status" -eq 2 ]
  for tenant in 'tenant_A' 'a' 'tenant_' 'tenant_a b'; do
    run sh "$DEVICE/wisptools-register" --url "$URL" --tenant "$tenant"
    [ "$status" -eq 2 ]
  done
  run sh "$DEVICE/wisptools-register" --url "$URL" --tenant tenant_a --token secret
  [ "$status" -eq 2 ]
  [ ! -s "$FAR/requests.ndjson" ]
}

@test "a token file can be forgotten after its use" {
  reply POST /api/epc/auto-register '{"status":503,"body":""}' "$registered"
  printf 'wt_enroll_file\n' >"$BATS_TEST_TMPDIR/token"
  run sh "$DEVICE/wisptools-register" --url "$URL" --tenant tenant_wisp123 --no-deploy --once --forget-token --token-file "$BATS_TEST_TMPDIR/token"
  [ "$status" -eq 5 ]
  [ -e "$BATS_TEST_TMPDIR/token" ]
  run sh "$DEVICE/wisptools-register" --url "$URL" --tenant tenant_wisp123 --no-deploy --once --forget-token --token-file "$BATS_TEST_TMPDIR/token"
  [ "$status" -eq 0 ]
  [ ! -e "$BATS_TEST_TMPDIR/token" ]
  [ "$(requests '.body | fromjson | .enrollment_token' | tail -n 1)" = wt_enroll_file ]
}
