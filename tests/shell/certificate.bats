#!/usr/bin/env bats
# The EPC's Diameter certificate: at enrolment, daily, and for a deployment. The far side certifies, openssl judges.
# shellcheck disable=SC2016,SC2154

load box

MME=mme.epc-0123456789abcdef.wisp.test
SMF=smf.epc-0123456789abcdef.wisp.test
PATH_OF_RENEWAL=/api/epc/epc_0123456789abcdef/certificate

setup() {
  make_box
  far_side
  DIAMETER=$ETC/diameter
  stub systemctl <<STUB
case "\$1 \$*" in
  "is-active "*) [ ! -e "$BATS_TEST_TMPDIR/down" ] ;;
  "is-failed "*) [ -e "$BATS_TEST_TMPDIR/down" ] ;;
  "show "*) cat "$BATS_TEST_TMPDIR/since" ;;
  *) echo "\$*" >>"$BATS_TEST_TMPDIR/systemctl" ;;
esac
STUB
  echo '@0' >"$BATS_TEST_TMPDIR/since"
}
teardown() { end_far_side; }

certify() { # DAYS [JQ]: a reply that certifies for so many days from now
  jq -cn --argjson days "$1" --arg mme "$MME" --arg smf "$SMF" \
    '{status: 200, body: {}, certify: {days: $days, identities: [$mme, $smf]}} | '"${2:-.}"
}

certificate() { run sh "$DEVICE/wisptools-certificate" "$@"; }

enrolled_with() { # DAYS: a box whose certificate holds for so long
  enrolled
  reply POST "$PATH_OF_RENEWAL" "$(certify "$1")"
  certificate --for "$MME"
  [ "$status" -eq 0 ]
  rm -f "$VAR/state/certificate-restart"
  : >"$FAR/requests.ndjson"
}

restarted() { cat "$BATS_TEST_TMPDIR/systemctl" 2>/dev/null; }
public() { openssl x509 -in "$DIAMETER/epc.crt" -noout -pubkey; }
sums() { sha256sum "$DIAMETER"/*; }

holds() {
  openssl verify -no-CApath -no-CAstore -CAfile "$DIAMETER/ca.crt" -purpose sslclient -verify_hostname "$MME" "$DIAMETER/epc.crt"
  openssl verify -no-CApath -no-CAstore -CAfile "$DIAMETER/ca.crt" -purpose sslserver -verify_hostname "$SMF" "$DIAMETER/epc.crt"
  [ "$(public)" = "$(openssl pkey -in "$DIAMETER/epc.key" -pubout)" ]
  [ "$(grep -c BEGIN "$DIAMETER/ca.crt" "$DIAMETER/peer-ca.crt" | cut -d: -f2 | tr -d '\n')" = 11 ]
  [ "$(openssl x509 -in "$DIAMETER/peer-ca.crt" -noout -subject)" = "subject=CN = far side platform" ]
}

registration() { # JQ: a reply to a registration
  mkdir -p "$FAR/one"
  echo signed >"$FAR/one/text"
  [ -e "$FAR/one/key.asc" ] || "$NODE" "$BATS_TEST_DIRNAME/sign.mjs" "$FAR/one" "$FAR/one/text"
  jq -cn --rawfile key "$FAR/one/key.asc" --arg mme "$MME" --arg smf "$SMF" '{status: 201, body: {success: true, existing: false,
    epc_id: "epc_0123456789abcdef", tenant_id: "tenant_wisp123", auth_code: ("a1" * 16), api_key: ("b2" * 32), secret_key: ("c3" * 32),
    site_name: "x", network_config: {mcc: "001", mnc: "01", tac: 7}, deployment_script_sha256: ("0" * 64), signing_key: $key, diameter: {}},
    certify: {days: 90, identities: [$mme, $smf], into: "diameter"}} | '"${1:-.}"
}

register() {
  WISPTOOLS_ENROLL_TOKEN=t run sh "$DEVICE/wisptools-register" --url "$URL" --tenant tenant_wisp123 --no-deploy "$@"
}

@test "an enrolment brings the certificate of a key that never leaves the box" {
  reply POST /api/epc/auto-register "$(registration)"
  register
  [ "$status" -eq 0 ]
  holds
  [ "$(stat -c %a "$DIAMETER/epc.key" "$DIAMETER/epc.crt" "$DIAMETER/ca.crt" "$DIAMETER/peer-ca.crt" "$DIAMETER" | tr '\n' ' ')" = "600 644 644 644 755 " ]
  [ "$(requests .contract)" = ok ]
  requests '.body | fromjson | .csr' >"$BATS_TEST_TMPDIR/csr"
  openssl req -in "$BATS_TEST_TMPDIR/csr" -noout -verify
  [ "$(openssl req -in "$BATS_TEST_TMPDIR/csr" -noout -pubkey)" = "$(public)" ]
  ! grep -q 'PRIVATE KEY' "$FAR/requests.ndjson" || false
  ! grep -rq 'PRIVATE KEY' "$VAR" || false
}

@test "another enrolment keeps the key and changes the certificate; one after a revocation changes both" {
  reply POST /api/epc/auto-register "$(registration)" "$(registration)" '{"status":401,"body":{"success":false,"error":{"code":"unauthenticated","message":"x","reason":"credential_revoked"}}}' "$(registration)"
  register
  key=$(cat "$DIAMETER/epc.key")
  one=$(cat "$DIAMETER/epc.crt")
  register
  holds
  [ "$(cat "$DIAMETER/epc.key")" = "$key" ]
  [ "$(cat "$DIAMETER/epc.crt")" != "$one" ]
  register
  [ "$status" -eq 0 ]
  holds
  [ "$(cat "$DIAMETER/epc.key")" != "$key" ]
}

@test "a box that waits for its operator asks for one key all the while" {
  pending='{"status":202,"body":{"success":true,"status":"pending","claim_id":"claim_0123456789abcdef01234567","claim_secret":"s","confirmation_code":"W","poll_interval":1,"message":"wait"}}'
  reply POST /api/epc/auto-register "$pending" "$(registration)"
  register
  [ "$status" -eq 0 ]
  [ "$(requests '.body | fromjson | .csr' | grep -c BEGIN)" -eq 2 ]
  [ "$(requests '.body | fromjson | .csr' | sort | uniq -c | awk '$1 != 2' | wc -l)" -eq 0 ]
  holds
}

@test "an enrolment without a certificate, or with one that is not this box's, is an enrolment all the same" {
  for bad in 'del(.certify)' '.certify.other = true' 'del(.certify) | .body.diameter = {certificate_pem: null, ca_pem: null}' 'del(.certify) | .body.diameter = {certificate_pem: "x", ca_pem: 7}'; do
    rm -rf "$FAR/replies/POST_api_epc_auto-register" "$ETC"
    end_far_side
    far_side
    reply POST /api/epc/auto-register "$(registration "$bad")"
    register
    [ "$status" -eq 0 ]
    [[ "$output" == *"holds no Diameter certificate for this box's key"* ]]
    [ -e "$ETC/credentials" ]
    [ ! -e "$DIAMETER/epc.crt" ]
    [ ! -e "$DIAMETER/epc.key" ]
  done
}

@test "a certificate that holds for more than 30 days is left alone" {
  enrolled_with 31
  before=$(sums)
  certificate
  [ "$status" -eq 0 ]
  [ ! -s "$FAR/requests.ndjson" ]
  [ "$(sums)" = "$before" ]
}

@test "one with less is renewed by a signed request, for the same key" {
  enrolled_with 29
  key=$(cat "$DIAMETER/epc.key")
  reply POST "$PATH_OF_RENEWAL" "$(certify 90)" "$(certify 90)"
  certificate
  [ "$status" -eq 0 ]
  all_proper
  holds
  openssl x509 -in "$DIAMETER/epc.crt" -noout -checkend $((89 * 86400))
  [ "$(cat "$DIAMETER/epc.key")" = "$key" ]
  [ -z "$(restarted)" ]
  certificate
  [ "$(wc -l <"$FAR/requests.ndjson")" -eq 1 ]
}

@test "daemons that run with the one before are restarted a week before it ends, and no others" {
  enrolled_with 29
  reply POST "$PATH_OF_RENEWAL" "$(certify 90)" "$(certify 90)"
  certificate
  due=$(cat "$VAR/state/certificate-restart")
  [ $(((due - $(date +%s)) / 86400)) -ge 21 ]
  [ $(((due - $(date +%s)) / 86400)) -le 22 ]
  certificate
  [ -z "$(restarted)" ]
  date -d '-1 minute' +%s >"$VAR/state/certificate-restart"
  certificate
  [ "$(restarted)" = $'restart open5gs-mmed.service\nrestart open5gs-smfd.service' ]
  [ ! -e "$VAR/state/certificate-restart" ]
  : >"$BATS_TEST_TMPDIR/systemctl"
  date -d '-1 minute' +%s >"$VAR/state/certificate-restart"
  date -d '+1 minute' +@%s >"$BATS_TEST_TMPDIR/since"
  certificate
  [ -z "$(restarted)" ]
  [ ! -e "$VAR/state/certificate-restart" ]
}

@test "after an answer that was lost they are restarted at once: the cloud may not let the one before in any more" {
  enrolled_with 29
  reply POST "$PATH_OF_RENEWAL" "$(certify 29)" "$(certify 90 '.cut = true')" "$(certify 90)"
  before=$(sums)
  certificate
  [ "$status" -eq 5 ]
  [ "$(sums)" = "$before" ]
  [ -z "$(restarted)" ]
  certificate
  [ "$status" -eq 0 ]
  holds
  [ "$(restarted | wc -l)" -eq 2 ]
  [ ! -e "$VAR/state/certificate-asked" ]
}

@test "what the cloud refuses, puts off or garbles changes nothing" {
  enrolled_with 10
  before=$(sums)
  for answer in '4 {"status":404,"body":{"success":false,"error":{"code":"not-found","message":"no"}}}' '5 {"status":503,"body":"oops"}' '5 {"status":429,"body":"slow"}' \
    '7 {"body":"<html>Sign in to WiFi</html>"}' "7 $(certify 90 '.certify.other = true')" '7 {"body":{"certificate_pem":"x","ca_pem":"y"}}'; do
    end_far_side
    far_side
    printf 'WISPTOOLS_URL=%s\nTENANT_ID=tenant_wisp123\n' "$URL" >"$ETC/wisptools.conf"
    reply POST "$PATH_OF_RENEWAL" "${answer#* }"
    certificate
    [ "$status" -eq "${answer%% *}" ]
    [ "$(sums)" = "$before" ]
    [ -z "$(restarted)" ]
  done
}

@test "one that has ended is replaced, and what could not start with it is started" {
  enrolled_with 29
  end_far_side
  far_side
  printf 'WISPTOOLS_URL=%s\nTENANT_ID=tenant_wisp123\n' "$URL" >"$ETC/wisptools.conf"
  reply POST "$PATH_OF_RENEWAL" "$(certify -1)" "$(certify 90)"
  certificate
  [ "$status" -eq 0 ]
  touch "$BATS_TEST_TMPDIR/down"
  certificate
  [ "$status" -eq 0 ]
  holds
  [ "$(restarted)" = $'restart open5gs-mmed.service\nrestart open5gs-smfd.service' ]
}

@test "a first certificate deploys again, where the configuration waits for it" {
  enrolled
  cp -r "$DEVICE" "$BATS_TEST_TMPDIR/device"
  printf '#!/bin/sh\necho deployed >>"%s"\nflock -n "%s" true\n' "$BATS_TEST_TMPDIR/deployed" "$VAR/certificate.lock" >"$BATS_TEST_TMPDIR/device/wisptools-deploy"
  DEVICE=$BATS_TEST_TMPDIR/device
  mkdir -p "$WISPTOOLS_ROOT/etc/freeDiameter"
  echo '# The peer follows when /etc/wisptools/diameter/ holds the certificate.' >"$WISPTOOLS_ROOT/etc/freeDiameter/mme.conf"
  reply POST "$PATH_OF_RENEWAL" "$(certify 90)"
  certificate
  [ "$status" -eq 0 ]
  [ "$(cat "$BATS_TEST_TMPDIR/deployed")" = deployed ]
  echo 'TLS_Cred = "x", "y";' >"$WISPTOOLS_ROOT/etc/freeDiameter/mme.conf"
  rm "$DIAMETER/epc.crt" "$BATS_TEST_TMPDIR/deployed"
  certificate
  [ "$status" -eq 0 ]
  [ ! -e "$BATS_TEST_TMPDIR/deployed" ]
}

@test "for a deployment: gets one where there is none for its identities, and says when there is none to get" {
  enrolled
  reply POST "$PATH_OF_RENEWAL" "$(certify 90)"
  certificate --for "$MME" "$SMF"
  [ "$status" -eq 0 ]
  all_proper
  holds
  certificate --for "$MME" "$SMF"
  [ "$status" -eq 0 ]
  [ "$(wc -l <"$FAR/requests.ndjson")" -eq 1 ]
  certificate --for mme.epc-0123456789abcdef.other.test
  [ "$status" -eq 7 ]
  end_far_side
  certificate --for mme.epc-0123456789abcdef.other.test
  [ "$status" -eq 5 ]
  certificate --for "$MME" "$SMF"
  [ "$status" -eq 0 ]
}

@test "a key, an authority or a certificate that is gone or damaged is made good" {
  enrolled
  reply POST "$PATH_OF_RENEWAL" "$(certify 90)"
  certificate --for "$MME"
  for file in epc.key epc.crt ca.crt peer-ca.crt; do
    : >"$DIAMETER/$file"
    certificate --for "$MME"
    [ "$status" -eq 0 ]
    holds
  done
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$DIAMETER/epc.key"
  certificate --for "$MME"
  [ "$status" -eq 0 ]
  holds
  rm -r "$DIAMETER"
  certificate --for "$MME"
  [ "$status" -eq 0 ]
  holds
}

@test "a box that is not enrolled has none" {
  certificate
  [ "$status" -eq 2 ]
  enrolled
  certificate --for
  [ "$status" -eq 2 ]
  certificate --from x
  [ "$status" -eq 2 ]
}
