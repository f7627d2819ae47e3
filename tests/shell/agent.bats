#!/usr/bin/env bats
# The agent: one report a minute, nothing lost while the cloud is away, and the cloud's wishes put into the queue.
# shellcheck disable=SC2016,SC2154

load box

OK='{"body":{"success":true,"next_interval":60,"commands":[],"config_version":1,"script_version":0}}'

setup() {
  make_box
  far_side
  enrolled
  stub systemctl <<'STUB'
[ "$1" = show ] || exit 1
for unit in mme sgwc sgwu smf upf; do
  printf 'Id=open5gs-%sd.service\nLoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=2\n\n' "$unit"
done
printf 'NRestarts=0\nId=open5gs-pcrfd.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n'
STUB
  stub ip <<'STUB'
echo '3: ogstun    inet 10.45.0.1/16 scope global ogstun'
STUB
  mkdir "$FAR/metrics"
  reply GET /metrics '{"status":404}'
  reply GET /enb-info '{"status":404}'
  printf '%s\n' "MME_METRICS=$URL/metrics" "SMF_METRICS=$URL/smf/metrics" "UPF_METRICS=$URL/upf/metrics" >"$ETC/agent.conf"
}
teardown() { end_far_side; }

agent() {
  run sh "$DEVICE/wisptools-agent" --once
}

reports() { # JQ: the bodies of what was submitted
  requests 'select(.url == "/api/metrics/submit") | .body | fromjson | '"$1"
}

submitted_properly() {
  run requests 'select(.method == "POST") | select(.signature != "holds" or .contract != "ok") | .contract'
  [ "$output" = "" ]
}

@test "reports what Open5GS, systemd and the kernel say" {
  reply POST /api/metrics/submit "$OK"
  reply GET /metrics '{"body":"# HELP enb x\nenb 2\nenb_ue 7\nmme_session 9\n"}'
  reply GET /smf/metrics '{"body":"ues_active 8\ngtp2_sessions_active 9\nbearers_active 11\nfivegs_smffunction_sm_sessionnbr{plmnid=\"00101\",snssai=\"1\"} 0\n"}'
  reply GET /upf/metrics '{"body":"fivegs_upffunction_upf_qosflows{dnn=\"internet\"} 6\nfivegs_upffunction_upf_qosflows{dnn=\"ims\"} 3\nfivegs_upffunction_upf_sessionnbr 9\n"}'
  reply GET /enb-info '{"body":{"items":[{"enb_id":264040,"s1":{"sctp":{"peer":"[192.168.168.254]:36412"},"setup_success":true}},{"enb_id":7,"s1":{"sctp":{"peer":"10.0.0.9:36412"},"setup_success":false}}]}}'
  agent
  [ "$status" -eq 0 ]
  submitted_properly
  [ "$(reports '.components.mme | "\(.state) \(.restarts)"')" = "running 2" ]
  [ "$(reports '.components | keys | join(" ")')" = "mme sgwc sgwu smf upf" ]
  [ "$(reports '.subscribers | "\(.active_sessions) \(.total_connected)"')" = "9 8" ]
  [ "$(reports '.ogstun_pool | "\(.total_ips) \(.allocated_ips) \(.available_ips)"')" = "65533 9 65524" ]
  [ "$(reports '[.apn_stats[] | "\(.apn)=\(.sessions)"] | sort | join(" ")')" = "ims=3 internet=6" ]
  [ "$(reports '[.enb_stats[] | "\(.s1_ip) \(.cellid) \(.status)"] | join(", ")')" = "192.168.168.254 264040 connected, 10.0.0.9 7 connecting" ]
  [ "$(reports '.system.load_average | length')" = 3 ]
  [ "$(reports '.version.metrics_agent')" = 1.0.0 ]
}

@test "tells the versions of our packages and of Open5GS's, when dpkg has changed them" {
  status_file=$WISPTOOLS_ROOT/var/lib/dpkg/status
  mkdir -p "${status_file%/*}"
  : >"$status_file"
  stub dpkg-query <<STUB
echo asked >>'$BATS_TEST_TMPDIR/asked'
cat '$BATS_TEST_TMPDIR/installed'
STUB
  printf '%s\n' 'installed open5gs-mme 2.7.6~bookworm1' 'installed wisptools-agent 1:1.2-3' 'config-files open5gs-hss 2.7.0' 'not-installed open5gs-amf ' \
    'installed open5gs-x $(reboot)' 'installed open5gs_y 1.0' >"$BATS_TEST_TMPDIR/installed"
  run sh -euc ". '$DEVICE/lib.sh'; . '$DEVICE/collect.sh'; wt_begin; wt_collect_setup; wt_collect '$BATS_TEST_TMPDIR/1'; wt_collect '$BATS_TEST_TMPDIR/2'
    echo 'installed open5gs-mme 2.7.7' >'$BATS_TEST_TMPDIR/installed'
    echo changed >'$status_file'
    wt_collect '$BATS_TEST_TMPDIR/3'"
  [ "$status" -eq 0 ]
  [ "$(jq -c .version.packages "$BATS_TEST_TMPDIR/1")" = '{"open5gs-mme":"2.7.6~bookworm1","wisptools-agent":"1:1.2-3"}' ]
  [ "$(jq -r .version.open5gs "$BATS_TEST_TMPDIR/1")" = '2.7.6~bookworm1' ]
  [ "$(jq -c .version.packages "$BATS_TEST_TMPDIR/2")" = "$(jq -c .version.packages "$BATS_TEST_TMPDIR/1")" ]
  [ "$(jq -c .version.packages "$BATS_TEST_TMPDIR/3")" = '{"open5gs-mme":"2.7.7"}' ]
  [ "$(wc -l <"$BATS_TEST_TMPDIR/asked")" -eq 2 ]
}

@test "a daemon that failed, one that stopped and one that keeps starting over" {
  stub systemctl <<'STUB'
printf 'Id=open5gs-mmed.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nNRestarts=5\n\n'
printf 'Id=open5gs-smfd.service\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\nNRestarts=9\n\n'
printf 'Id=open5gs-upfd.service\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nNRestarts=0\n'
STUB
  reply POST /api/metrics/submit "$OK"
  agent
  submitted_properly
  [ "$(reports '.components | "\(.mme.state) \(.smf.state) \(.upf.state)"')" = "error error stopped" ]
}

@test "a PCRF of the box's own is reported where it is wanted, a left-over of one is not" {
  reply POST /api/metrics/submit "$OK" "$OK" "$OK"
  for pcrf in 'enabled active running' 'enabled failed failed' 'disabled inactive dead'; do
    stub systemctl <<STUB
set -- $pcrf
printf 'Id=open5gs-mmed.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=active\nSubState=running\nNRestarts=0\n\n'
printf "Id=open5gs-pcrfd.service\nLoadState=loaded\nUnitFileState=\$1\nActiveState=\$2\nSubState=\$3\nNRestarts=0\n"
STUB
    agent
  done
  submitted_properly
  [ "$(reports '.components.pcrf.state' | tr '\n' ' ')" = "running error null " ]
}

@test "figures come from /proc: load, memory, traffic between two looks, eNodeBs of an older Open5GS" {
  export WISPTOOLS_PROC=$BATS_TEST_TMPDIR/proc
  mkdir -p "$WISPTOOLS_PROC/net/sctp"
  echo 'cpu  100 0 100 700 100 0 0 0 0 0' >"$WISPTOOLS_PROC/stat"
  printf 'MemTotal: 1000 kB\nMemAvailable: 250 kB\n' >"$WISPTOOLS_PROC/meminfo"
  echo '0.50 0.25 0.10 1/100 999' >"$WISPTOOLS_PROC/loadavg"
  echo '1000.00 900.00' >"$WISPTOOLS_PROC/uptime"
  printf 'Inter-|\n face |\n  lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\nogstun:1000 1 0 0 0 0 0 0 5000 1 0 0 0 0 0 0\n  we"ird: 7 1 2 0 0 0 0 0 8 1 3 0 0 0 0 0\n' >"$WISPTOOLS_PROC/net/dev"
  printf ' ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT\nf f 2 1 3 0 4 0 0 109 1 36412 36412  10.1.0.2 <-> *10.1.0.77 7500 1 2\nf f 2 1 3 0 4 0 0 109 1 3868 3868  10.1.0.2 <-> *10.9.9.9 7500 1 2\n' >"$WISPTOOLS_PROC/net/sctp/assocs"
  run sh -euc ". '$DEVICE/lib.sh'; . '$DEVICE/collect.sh'; wt_begin; wt_collect_setup; wt_collect '$BATS_TEST_TMPDIR/1'
    echo 'cpu  190 0 100 710 100 0 0 0 0 0' >'$WISPTOOLS_PROC/stat'
    echo '1010.00 900.00' >'$WISPTOOLS_PROC/uptime'
    sed -i 's/^ogstun:1000 1 0 0 0 0 0 0 5000/ogstun:2000 1 0 0 0 0 0 0 15000/' '$WISPTOOLS_PROC/net/dev'
    wt_collect '$BATS_TEST_TMPDIR/2'"
  [ "$status" -eq 0 ]
  [ "$(jq -r '.system | "\(.cpu_percent) \(.memory_percent) \(.load_average[0])"' "$BATS_TEST_TMPDIR/2")" = "90 75 0.5" ]
  [ "$(jq -r '.throughput | "\(.down_bps) \(.up_bps)"' "$BATS_TEST_TMPDIR/2")" = "8000 800" ]
  [ "$(jq -r .throughput "$BATS_TEST_TMPDIR/1")" = null ]
  [ "$(jq -r '.system.interfaces["we\"ird"] | "\(.rx_octets) \(.rx_errors) \(.tx_octets) \(.tx_errors)"' "$BATS_TEST_TMPDIR/2")" = "7 2 8 3" ]
  [ "$(jq -r '[.enb_stats[].s1_ip] | join(" ")' "$BATS_TEST_TMPDIR/2")" = 10.1.0.77 ]
}

@test "reports made while the cloud is away follow with their own times, oldest first, once" {
  end_far_side
  for _ in 1 2 3; do
    agent
    [ "$status" -eq 5 ]
  done
  [ "$(find "$VAR/spool/reports" -name '*.json' | wc -l)" -eq 3 ]
  # Told apart by times of their own.
  at=1700000000
  for file in "$VAR"/spool/reports/*.json; do
    at=$((at + 60))
    jq --argjson at $at '.collected_at = $at' "$file" >"$BATS_TEST_TMPDIR/new"
    cp "$BATS_TEST_TMPDIR/new" "$file"
  done
  far_side
  enrolled
  reply POST /api/metrics/submit "$OK"
  agent
  [ "$status" -eq 0 ]
  submitted_properly
  [ "$(reports '[.backlog[].collected_at] | map(tostring) | join(" ")')" = "1700000060 1700000120 1700000180" ]
  [ -z "$(ls "$VAR/spool/reports")" ]
  agent
  [ "$(reports '.backlog // [] | length' | tail -n 1)" = 0 ]
}

@test "a backlog comes in batches of sixty, oldest first" {
  mkdir -p "$VAR/spool/reports"
  for n in $(seq 1001 1130); do echo "{\"collected_at\":170000$n}" >"$VAR/spool/reports/1$n.json"; done
  reply POST /api/metrics/submit "$OK"
  agent && agent && agent
  submitted_properly
  [ "$(reports '.backlog | "\(length) \(.[0].collected_at)"' | paste -sd,)" = "60 1700001001,60 1700001061,10 1700001121" ]
}

@test "a full spool drops its oldest and says how many" {
  end_far_side
  echo "SPOOL_MAX_REPORTS=2" >>"$ETC/agent.conf"
  for _ in 1 2 3 4 5; do agent; done
  [ "$(find "$VAR/spool/reports" -name '*.json' | wc -l)" -eq 2 ]
  far_side
  enrolled
  reply POST /api/metrics/submit "$OK"
  agent
  submitted_properly
  [ "$(reports .spool_dropped)" = 3 ]
  agent
  [ "$(reports '.spool_dropped // 0' | tail -n 1)" = 0 ]
}

@test "the spool is bounded in bytes too" {
  end_far_side
  mkdir -p "$VAR/spool/reports"
  head -c 5000 /dev/zero | tr '\0' ' ' | sed 's/$/{}/' >"$VAR/spool/reports/1000.json"
  echo "SPOOL_MAX_BYTES=5000" >>"$ETC/agent.conf"
  agent
  [ ! -e "$VAR/spool/reports/1000.json" ]
  [ "$(cat "$VAR/spool/dropped")" = 1 ]
  [ "$(find "$VAR/spool/reports" -name '*.json' | wc -l)" -eq 1 ]
}

@test "a spooled report that a power cut left unreadable does not hold up the others" {
  mkdir -p "$VAR/spool/reports"
  : >"$VAR/spool/reports/1001.json"
  echo '{"collected_at":1700' >"$VAR/spool/reports/1002.json"
  echo '{"collected_at":1700000003}' >"$VAR/spool/reports/1003.json"
  reply POST /api/metrics/submit "$OK"
  agent
  [ "$status" -eq 0 ]
  submitted_properly
  [ "$(reports '"\(.backlog | length) \(.spool_dropped)"')" = "1 2" ]
}

@test "a report that the cloud rejects for its backlog is sent without it" {
  mkdir -p "$VAR/spool/reports"
  echo '{"uptime_seconds":-1}' >"$VAR/spool/reports/1001.json"
  reply POST /api/metrics/submit '{"status":400,"body":{"success":false,"error":{"code":"invalid-argument","message":"backlog.0.uptime_seconds"}}}' "$OK"
  agent
  [ "$status" -eq 0 ]
  [ "$(reports '.backlog // [] | length' | paste -sd,)" = 1,0 ]
  [ "$(cat "$VAR/spool/dropped")" = 1 ]
}

@test "a captive portal's success is none" {
  reply POST /api/metrics/submit '{"body":"<html>Welcome</html>"}'
  agent
  [ "$status" -eq 5 ]
  [ "$(find "$VAR/spool/reports" -name '*.json' | wc -l)" -eq 1 ]
}

@test "commands and newer scripts go to the queue, once, and names that are none do not" {
  reply POST /api/metrics/submit '{"body":{"success":true,"next_interval":60,"config_version":2,"script_version":4,"commands":[
    {"id":"cmd_0123456789abcdef","expires_at":"2099-01-01T00:00:00Z","request":{"type":"shell","script":"echo \"a\"\n# }\u0001"}},
    {"id":"../../evil","expires_at":"","request":{}},{"id":7}]}}'
  echo 3 >"$VAR/state/script-version"
  agent
  agent
  [ "$status" -eq 0 ]
  submitted_properly
  [ "$(reports .script_version | sort -u)" = 3 ]
  run ls "$VAR/spool/queue"
  [ "${#lines[@]}" -eq 2 ]
  [ "${lines[0]}" = 0-deploy.json ]
  [[ "${lines[1]}" == *-cmd_0123456789abcdef.json ]]
  [ "$(jq -r .request.script "$VAR/spool/queue/${lines[1]}" | head -n 1)" = 'echo "a"' ]
}

@test "a script that is deployed already is not asked for" {
  reply POST /api/metrics/submit '{"body":{"success":true,"next_interval":60,"config_version":2,"script_version":4,"commands":[]}}'
  echo 4 >"$VAR/state/script-version"
  agent
  [ -z "$(ls "$VAR/spool/queue")" ]
}

@test "ends at once and cleanly when told, between reports" {
  reply POST /api/metrics/submit "$OK"
  sh "$DEVICE/wisptools-agent" 3>&- 2>/dev/null &
  pid=$!
  while [ ! -s "$FAR/requests.ndjson" ] || ! pgrep -P "$pid" -x sleep >/dev/null; do sleep 0.05; done
  sleeper=$(pgrep -P "$pid" -x sleep)
  kill "$pid"
  code=0
  wait "$pid" || code=$?
  [ "$code" -eq 143 ]
  for _ in $(seq 200); do kill -0 "$sleeper" 2>/dev/null || return 0; sleep 0.05; done
  false # its sleep lives on
}
