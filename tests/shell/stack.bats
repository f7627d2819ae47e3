#!/usr/bin/env bats
# The device's programs against the real cloud (emulators with the demo world): npm run with-stack -- bats tests/shell
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load box

setup() {
  [ -n "${WISPTOOLS_URL:-}" ] || skip "needs the stack: npm run with-stack -- bats tests/shell"
  make_box
  URL=$WISPTOOLS_URL
  IMSI=00101$(od -An -N4 -tu4 /dev/urandom | tr -d ' ' | xargs printf '%010d')
}

register() { # TENANT TOKEN [OPTION...]
  local tenant=$1 token=$2
  shift 2
  WISPTOOLS_ENROLL_TOKEN=$token run sh "$DEVICE/wisptools-register" --url "$URL" --tenant "$tenant" --no-deploy "$@"
}

enrol() {
  register tenant_wisp123 wt_enroll_demo_wisp123
  [ "$status" -eq 0 ]
  EPC=$(sed -n 's/^EPC_ID=//p' "$ETC/credentials")
}

operator() { # METHOD PATH [JSON]: as tenant_wisp123's API key
  curl -sS --fail-with-body -X "$1" -H "X-API-Key: ${KEY:-wt_key_demo_wisp123}" -H 'Content-Type: application/json' ${3:+-d "$3"} "$URL$2"
}

stored() { # PATH below the EPC: what Firestore holds
  curl -sS -H 'Authorization: Bearer owner' \
    "http://$FIRESTORE_EMULATOR_HOST/v1/projects/$GCLOUD_PROJECT/databases/(default)/documents/tenants/tenant_wisp123/epcs/$EPC$1"
}

in_lib() {
  run sh -euc ". '$DEVICE/lib.sh'; wt_begin; wt_configured; $1"
}

agent() {
  run sh "$DEVICE/wisptools-agent" --once
}

@test "a box enrols with the tenant's token, finds its script signed, and is online with its first report" {
  enrol
  run sh "$DEVICE/wisptools-deploy" --fetch-only
  [ "$status" -eq 0 ]
  [[ "$output" == *"signed by the pinned key"* ]]
  agent
  [ "$status" -eq 0 ]
  [ "$(operator GET "/api/epc/$EPC" | jq -r '.epc.versions.agent')" = 1.0.0 ]
  # It was asked to deploy what it has not deployed yet.
  [ -e "$VAR/spool/queue/0-deploy.json" ]
}

@test "the whole way on a simulated box: enrol, deploy, again without a change, report" {
  export PATH="$BATS_TEST_DIRNAME/../../scripts/dev/simulated-box/bin:$PATH" WISPTOOLS_SETTLE_SECONDS=0
  mkdir -p "$WISPTOOLS_ROOT/var/log"
  node -e 'import(process.argv[1]).then(({ giveDebian }) => giveDebian(process.argv[2]))' \
    "$BATS_TEST_DIRNAME/../../scripts/dev/simulated-box/debian.ts" "$WISPTOOLS_ROOT"
  WISPTOOLS_ENROLL_TOKEN=wt_enroll_demo_wisp123 run sh "$DEVICE/wisptools-register" --url "$URL" --tenant tenant_wisp123
  echo "$output"
  [ "$status" -eq 0 ]
  EPC=$(sed -n 's/^EPC_ID=//p' "$ETC/credentials")
  [ "$(cat "$VAR/state/script-version")" = 1 ]
  [ "$(stored '' | jq -r '.fields.deployment.mapValue.fields.state.stringValue')" = succeeded ]
  # Installed by the real apt from the repository of the tenant, they are the programs of this very checkout.
  cmp "$DEVICE/lib.sh" "$WISPTOOLS_ROOT/usr/lib/wisptools/lib.sh"
  run sh "$WISPTOOLS_ROOT/usr/lib/wisptools/wisptools-deploy"
  [ "$status" -eq 0 ]
  grep -q 'nothing had to be changed' "$WISPTOOLS_ROOT/var/log/wisptools/deployment.log"
  run sh "$WISPTOOLS_ROOT/usr/lib/wisptools/wisptools-agent" --once
  [ "$status" -eq 0 ]
  [ "$(operator GET "/api/epc/$EPC" | jq -r '"\(.epc.state) \(.epc.components.mme) \(.epc.deployed_script_version)"')" = "online running 1" ]
}

@test "a box whose clock is an hour off corrects itself" {
  enrol
  echo -3600 >"$VAR/spool/clock-offset"
  agent
  [ "$status" -eq 0 ]
  offset=$(cat "$VAR/spool/clock-offset")
  [ "$offset" -gt -60 ]
  [ "$offset" -lt 60 ]
}

@test "programs that speak at the same time all get through" {
  enrol
  in_lib 'echo "{\"events\":[{\"type\":\"log\",\"message\":\"hello\"}]}" >"$WT_TMP/body"
    for n in 1 2 3 4; do (WT_REPLY=$WT_TMP/reply$n WT_HEADERS=$WT_TMP/headers$n; wt_signed POST /api/metrics/events "$WT_TMP/body" || echo "failed $WT_STATUS $WT_REASON") & done; wait'
  [ "$output" = "" ]
}

@test "known hardware keeps its EPC; the old credentials end when the new are used" {
  enrol
  agent
  first=$EPC
  cp "$ETC/credentials" "$BATS_TEST_TMPDIR/old"
  enrol
  [ "$EPC" = "$first" ]
  agent
  [ "$status" -eq 0 ]
  cp "$BATS_TEST_TMPDIR/old" "$ETC/credentials"
  agent
  [ "$status" -eq 5 ]
  [[ "$output" == *"HTTP 401"* ]]
}

@test "an operator's command runs on the box and its result is in the cloud" {
  enrol
  stub systemctl <<'STUB'
echo "systemctl $*"
STUB
  id=$(operator POST "/api/epc/$EPC/commands" '{"type":"service","action":"restart","service":"mme"}' | jq -r .command_id)
  [[ "$id" == cmd_* ]]
  agent
  run sh "$DEVICE/wisptools-command" --queue
  [ "$status" -eq 0 ]
  [ "$(stored "/commands/$id" | jq -r '.fields | "\(.state.stringValue) \(.exitCode.integerValue)"')" = "succeeded 0" ]
  [[ "$(stored "/commands/$id" | jq -r .fields.output.stringValue)" == *"systemctl restart open5gs-mmed.service"* ]]
}

@test "rotated credentials are the ones that hold" {
  enrol
  agent
  cp "$ETC/credentials" "$BATS_TEST_TMPDIR/old"
  operator POST "/api/epc/$EPC/commands" '{"type":"rotate_credentials"}'
  agent
  run sh "$DEVICE/wisptools-command" --queue
  [ "$status" -eq 0 ]
  run cmp -s "$BATS_TEST_TMPDIR/old" "$ETC/credentials"
  [ "$status" -eq 1 ]
  agent
  [ "$status" -eq 0 ]
  cp "$BATS_TEST_TMPDIR/old" "$ETC/credentials"
  agent
  [ "$status" -eq 5 ]
}

@test "events and a backlog land under their own times" {
  enrol
  jq -cn --arg m "[$IMSI] Attach complete" --arg t "$(date +%s)000000" '{__CURSOR: "s=aa;i=1;b=1", __REALTIME_TIMESTAMP: $t, MESSAGE: $m}' >"$BATS_TEST_TMPDIR/in"
  for _ in 1 2; do
    run sh -c "sh '$DEVICE/wisptools-events' --stdin <'$BATS_TEST_TMPDIR/in'"
    [ "$status" -eq 0 ]
  done
  run stored '/events?pageSize=100'
  [ "$(printf '%s' "$output" | jq --arg imsi "$IMSI" '[.documents[] | select(.fields.type.stringValue == "attach" and (.fields.data | tostring | contains($imsi)))] | length')" = 1 ]
  at=$(($(date +%s) - 7200))
  mkdir -p "$VAR/spool/reports"
  echo "{\"collected_at\":$at,\"system\":{\"cpu_percent\":42}}" >"$VAR/spool/reports/1.json"
  agent
  [ "$status" -eq 0 ]
  run stored "/history/$(date -u -d "@$at" +%Y%m%d%H)"
  [[ "$output" == *'"cpu"'* ]]
  [[ "$output" == *42* ]]
}

@test "a box without a token waits until an operator approves it" {
  register tenant_lab_test '' --once
  [ "$status" -eq 6 ]
  claim=$(jq -r .claim_id "$VAR/state/claim")
  code=${output##*confirmation code }
  KEY=wt_key_demo_lab operator POST "/api/epc/claims/$claim/approve" "{\"code\":\"${code%%[[:space:]]*}\"}"
  register tenant_lab_test '' --once
  [ "$status" -eq 0 ]
  grep -qx TENANT_ID=tenant_lab_test "$ETC/wisptools.conf"
}

@test "a wrong token and a revoked box are told so" {
  register tenant_wisp123 wt_enroll_wrong
  [ "$status" -eq 4 ]
  [ ! -e "$ETC/credentials" ]
  enrol
  operator POST "/api/epc/$EPC/revoke-credentials" '{}'
  agent
  [ "$status" -eq 5 ]
  [[ "$output" == *"revoked the credentials of $EPC"* ]]
}

@test "a box gets its Diameter certificate with its enrolment, has it renewed, and is let in with either" {
  enrol
  for name in mme smf; do
    openssl verify -no-CApath -no-CAstore -CAfile "$ETC/diameter/ca.crt" -purpose sslclient \
      -verify_hostname "$name.${EPC/_/-}.wisp123.wisptools.local" "$ETC/diameter/epc.crt"
  done
  fingerprint() { openssl x509 -in "$ETC/diameter/epc.crt" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f; }
  allowed() { # what Firestore holds for the MME
    curl -sS -H 'Authorization: Bearer owner' \
      "http://$FIRESTORE_EMULATOR_HOST/v1/projects/$GCLOUD_PROJECT/databases/(default)/documents/diameterPeers/mme.${EPC/_/-}.wisp123.wisptools.local" |
      jq -r '.fields | "\(.deleted.booleanValue) \([.certificates.arrayValue.values[]?.stringValue] | join(" "))"'
  }
  first=$(fingerprint)
  [ "$(allowed)" = "false $first" ]
  sed 's/^RENEW_BEFORE=.*/RENEW_BEFORE=8640000/' "$DEVICE/wisptools-certificate" >"$BATS_TEST_TMPDIR/wisptools-certificate"
  cp "$DEVICE"/*.sh "$BATS_TEST_TMPDIR"
  run sh "$BATS_TEST_TMPDIR/wisptools-certificate"
  [ "$status" -eq 0 ]
  [ "$(fingerprint)" != "$first" ]
  [ "$(allowed)" = "false $(fingerprint) $first" ]
  operator POST "/api/epc/$EPC/revoke-credentials" >/dev/null
  [ "$(allowed)" = "true " ]
  run sh "$BATS_TEST_TMPDIR/wisptools-certificate"
  [ "$status" -eq 4 ]
}
