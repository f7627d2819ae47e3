#!/usr/bin/env bats
# The event script of remote-SIM routers: life signs, events, commands and logs, and the card given back at the end.
# shellcheck disable=SC2154,SC2030,SC2031

load box

SCRIPT=$BATS_TEST_DIRNAME/../../scripts/device/remsim/ionmesh-wisptools.sh
COMMANDS=/api/backend/v1/remsim

setup() {
  make_box
  far_side
  export WISPTOOLS_STATS_SECONDS=0 WISPTOOLS_GATHER_SECONDS=0.2
  RUN=$WISPTOOLS_ROOT/var/run/remsim-wisptools
  mkdir -p "$WISPTOOLS_ROOT"/{etc/remsim,etc/init.d,tmp/sysinfo}
  cat >"$WISPTOOLS_ROOT/etc/remsim/wisptools.conf" <<CONF
IONMESH_HOST='router1:s"ec\\ret@127.0.0.1'
IONMESH_PORT=${URL##*:}
IONMESH_TENANT_ID=7
CLIENT_ID=vm-slot0
CONF
  echo 'ZBT "Z8102AX"' >"$WISPTOOLS_ROOT/tmp/sysinfo/model"
  stub pidof <<<'exit 1'
  stub logger <<<':'
  stub logread <<'LOG'
cat <<'LINES'
daemon.notice client: === OpenWRT Client Statistics ===
daemon.notice client: Uptime: 1h 2m 3s
daemon.notice client: TPDUs sent: 41
daemon.notice client: TPDUs received: 40
daemon.notice client: Errors: 2
daemon.notice client: Last signal RSSI: -71 dBm
daemon.err client: a "quoted" \ line	with a tab
LINES
LOG
  stub uci <<UCI
echo "\$@" >>"$BATS_TEST_TMPDIR/uci"
UCI
  service <<<"echo \"\$1\" >>'$BATS_TEST_TMPDIR/service'"
  cd "$BATS_TEST_TMPDIR" || return
  answer '[]'
  reply POST $COMMANDS/events '{"body":{"status":"success"}}'
  reply POST $COMMANDS/logs '{"body":{"status":"success"}}'
  reply DELETE $COMMANDS/unregister/vm-slot0 '{"body":{"status":"success","released":true}}'
}

teardown() {
  [ ! -s "$RUN/pid" ] || kill "$(cat "$RUN/pid")" 2>/dev/null || :
  end_far_side
}

service() { # the client's init script, its text from standard input
  { echo '#!/bin/sh' && cat; } >"$WISPTOOLS_ROOT/etc/init.d/remsim"
  chmod +x "$WISPTOOLS_ROOT/etc/init.d/remsim"
}

answer() { # JSON list of commands: of the first heartbeat; those after it get none
  reply POST $COMMANDS/heartbeat \
    "{\"body\":{\"status\":\"success\",\"next_heartbeat_interval\":300,\"commands\":$1}}" \
    '{"body":{"status":"success","next_heartbeat_interval":300,"commands":[]}}'
}

begin() { # the loop, until it is stopped
  "$SCRIPT" --run >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
  LOOP=$!
}

until_asked() { # JQ: waits for a request it selects
  for _ in {1..200}; do
    [ "$(requests "select($1) | 1" | head -n 1)" = 1 ] && return 0
    sleep 0.05
  done
  cat "$BATS_TEST_TMPDIR/log" "$FAR/requests.ndjson"
  return 1
}

until_beaten() { # COUNT: wakes the loop until it sent that many heartbeats
  for _ in {1..100}; do
    [ "$(of_heartbeats 1 | wc -l)" -lt "$1" ] || return 0
    [ ! -s "$RUN/pid" ] || kill -USR1 "$(cat "$RUN/pid")"
    sleep 0.1
  done
  cat "$BATS_TEST_TMPDIR/log" "$FAR/requests.ndjson"
  return 1
}

stopped() {
  kill "$LOOP" && wait "$LOOP"
}

of_heartbeats() { # JQ
  requests 'select(.url | endswith("/heartbeat")) | .body | fromjson | '"$1"
}

@test "a heartbeat carries the client's figures as it logs them, the router, and the login by Basic" {
  begin
  until_asked '.url | endswith("/heartbeat")'
  stopped
  of_heartbeats '[.client_id, .tenant_id, .stats] | tojson' | head -n 1 >got
  jq -e '. == ["vm-slot0", 7, {"uptime_seconds": 3723, "tpdus_sent": 41, "tpdus_received": 40, "errors": 2, "signal_rssi": -71}]' got
  [ "$(of_heartbeats '.modem_info.router' | head -n 1)" = 'ZBT "Z8102AX"' ]
  [ "$(requests '.headers.authorization' | sort -u)" = "Basic $(printf 'router1:s"ec\\ret' | base64)" ]
  [ "$(requests '.contract' | grep -vc '^ok$')" = 1 ] # the DELETE, whose path has the client's name
}

@test "the secret is in no argument and in no file below /var" {
  stub curl <<'CURL'
printf '%s\n' "$@" >>"$BATS_TEST_TMPDIR/arguments"
cat >/dev/null
exit 7
CURL
  begin
  for _ in {1..100}; do [ -s "$BATS_TEST_TMPDIR/arguments" ] && break || sleep 0.05; done
  stopped
  grep -q -- --max-time "$BATS_TEST_TMPDIR/arguments"
  run grep -rF 'ret' "$BATS_TEST_TMPDIR/arguments" "$WISPTOOLS_ROOT/var"
  [ "$status" -eq 1 ]
}

@test "stopping gives the card back, once" {
  begin
  until_asked '.method == "POST"'
  stopped
  [ "$(requests 'select(.method == "DELETE") | .url')" = "$COMMANDS/unregister/vm-slot0" ]
  [ ! -e "$RUN/pid" ]
}

@test "an event starts the life sign, is sent at once with its age, and runs the router's own script" {
  cat >"$WISPTOOLS_ROOT/etc/remsim/event-local.sh" <<LOCAL
#!/bin/sh
echo "\$1 \$REMSIM_BANKD_SLOT" >"$BATS_TEST_TMPDIR/local"
LOCAL
  chmod +x "$WISPTOOLS_ROOT/etc/remsim/event-local.sh"
  REMSIM_SERVER_STATE=connected REMSIM_BANKD_SLOT=1:17 "$SCRIPT" event-bankd-connect 3>&-
  [ "$(cat "$BATS_TEST_TMPDIR/local")" = "event-bankd-connect 1:17" ]
  until_asked '.url | endswith("/events")'
  [ "$(requests 'select(.url | endswith("/events")) | .body | fromjson | .events[0] | "\(.event) \(.detail)"')" = \
    "event-bankd-connect server=connected bankd= client_slot= bank_slot=1:17" ]
  # Now it runs: the next event wakes it.
  "$SCRIPT" request-modem-reset 3>&-
  until_asked '(.url | endswith("/events")) and (.body | contains("request-modem-reset"))'
  [ "$(of_heartbeats .status | sort -u)" = connected ]
  kill "$(cat "$RUN/pid")"
  until_asked '.method == "DELETE"'
}

@test "events wait for the cloud, the newest fifty" {
  reply POST $COMMANDS/heartbeat '{"status":503,"body":{"status":"error"}}' '{"body":{"status":"success","next_heartbeat_interval":300,"commands":[]}}'
  mkdir -p "$RUN"
  for n in {1..70}; do printf '%s\tevent-modem-status\t%s\n' "$(date +%s)" "n=$n" >>"$RUN/events"; done
  begin
  until_asked '.url | endswith("/heartbeat")'
  [ "$(requests 'select(.url | endswith("/events"))')" = "" ]
  kill -USR1 "$LOOP"
  until_asked '.url | endswith("/events")'
  stopped
  [ "$(requests 'select(.url | endswith("/events")) | .body | fromjson | .events | "\(length) \(.[0].detail) \(.[-1].detail)"')" = "50 n=21 n=70" ]
}

meanwhile() { # WORDS: the first time that a request with these words is sent, the client has another event
  stub curl <<CURL
cat >"$BATS_TEST_TMPDIR/curl"
if grep -q '$1' "$BATS_TEST_TMPDIR/curl" && mkdir "$BATS_TEST_TMPDIR/meanwhile" 2>/dev/null; then
  "$SCRIPT" request-modem-reset 3>&- # curl's own
fi
exec $(command -v curl) "\$@" <"$BATS_TEST_TMPDIR/curl"
CURL
}

@test "an event that comes while others are sent does not wait for the next heartbeat's time" {
  meanwhile remsim/events
  mkdir -p "$RUN"
  printf '%s\tevent-modem-status\t\n' "$(date +%s)" >"$RUN/events"
  begin
  until_asked '(.url | endswith("/events")) and (.body | contains("request-modem-reset"))'
  stopped
  [ "$(requests 'select(.url | endswith("/events")) | .body | fromjson | .events[].event' | tr '\n' ' ')" = "event-modem-status request-modem-reset " ]
}

@test "events that the cloud does not take wait for the next heartbeat's time, in their order" {
  meanwhile remsim/events
  reply POST $COMMANDS/events '{"status":503,"body":{"status":"error"}}' '{"body":{"status":"success"}}'
  mkdir -p "$RUN"
  printf '%s\tevent-modem-status\t\n' "$(date +%s)" >"$RUN/events"
  begin
  until_asked '.url | endswith("/events")'
  sleep 0.6
  [ "$(of_heartbeats 1)" = 1 ]
  until_beaten 2
  until_asked '(.url | endswith("/events")) and (.body | contains("request-modem-reset"))'
  stopped
  requests 'select(.url | endswith("/events")) | .body | fromjson | [.events[].event] | join(" ")' >got
  diff - got <<'EVENTS'
event-modem-status
event-modem-status request-modem-reset
EVENTS
}

@test "an event is sent with an age the contract takes, however the clock was set since" {
  mkdir -p "$RUN"
  for at in $(($(date +%s) - 200000)) $(($(date +%s) + 3600)) x; do printf '%s\tevent-modem-status\t\n' "$at" >>"$RUN/events"; done
  begin
  until_asked '.url | endswith("/events")'
  stopped
  [ "$(requests 'select(.url | endswith("/events")) | "\(.contract) \(.body | fromjson | [.events[].age_seconds])"')" = "ok [86400,0,0]" ]
}

@test "a restart is done once, though it is told twice, and acknowledged" {
  reply POST $COMMANDS/heartbeat '{"body":{"status":"success","next_heartbeat_interval":300,"commands":[{"id":"rcmd_0123456789abcdef","type":"restart"}]}}'
  begin
  until_asked '.body | contains("\"acks\":[{\"id\":\"rcmd_0123456789abcdef\",\"ok\":true")'
  kill -USR1 "$LOOP"
  until_asked '.body | contains("nothing") | not'
  sleep 0.6
  stopped
  [ "$(cat "$BATS_TEST_TMPDIR/service")" = restart ]
}

@test "a command whose acknowledgement was lost is acknowledged again as it was, and not done again" {
  stub uci <<UCI
echo "\$@" >>"$BATS_TEST_TMPDIR/uci"
echo "uci: Invalid argument" >&2
exit 1
UCI
  local none='{"body":{"status":"success","next_heartbeat_interval":300,"commands":[]}}'
  local told='{"body":{"status":"success","next_heartbeat_interval":300,"commands":[{"id":"rcmd_00000000000000b1","type":"log_level","level":"info"}]}}'
  # The edge answers by itself, and what it kept is overtaken; then the cloud is back.
  reply POST $COMMANDS/heartbeat "$told" "$none" "$told" "$none"
  begin
  until_beaten 2
  until_beaten 4
  stopped
  of_heartbeats '.acks | tojson' >got
  diff - got <<'ACKS'
[]
[{"id":"rcmd_00000000000000b1","ok":false,"message":"uci: Invalid argument"}]
[]
[{"id":"rcmd_00000000000000b1","ok":false,"message":"uci: Invalid argument"}]
ACKS
  [ "$(wc -l <uci)" -eq 1 ]
}

@test "a restart that ended the script is acknowledged as done by the next one" {
  local told='{"body":{"status":"success","next_heartbeat_interval":300,"commands":[{"id":"rcmd_00000000000000b2","type":"restart"}]}}'
  reply POST $COMMANDS/heartbeat "$told"
  service <<<"echo \"\$1\" >>'$BATS_TEST_TMPDIR/service'; kill -9 \$(cat '$RUN/pid')"
  begin
  wait "$LOOP" || :
  begin
  until_asked '.body | contains("\"acks\":[{\"id\":\"rcmd_00000000000000b2\",\"ok\":true")'
  stopped
  [ "$(cat service)" = restart ]
}

@test "a configuration is set option by option, and its version told once it is" {
  answer '[{"id":"rcmd_00000000000000aa","type":"config_update","version":3,"values":{"mcc_mnc":"310260","note":"a \"b\" \\ c"}}]'
  begin
  until_asked '.body | contains("\"configuration_version\":3")'
  stopped
  [ "$(cat "$BATS_TEST_TMPDIR/uci")" = 'set remsim.ionmesh.mcc_mnc=310260
set remsim.ionmesh.note=a "b" \ c
commit remsim' ]
  [ "$(of_heartbeats .configuration_version | tr '\n' ' ')" = "0 3 " ]
}

@test "a configuration that cannot be set is told as failed, and its version not as applied" {
  stub uci <<<'echo "uci: Invalid argument" >&2; exit 1'
  answer '[{"id":"rcmd_00000000000000ab","type":"config_update","version":3,"values":{"mcc_mnc":"310260"}}]'
  begin
  until_asked '.body | contains("\"ok\":false,\"message\":\"uci: Invalid argument")'
  stopped
  [ "$(of_heartbeats .configuration_version | sort -u)" = 0 ]
}

@test "logs are sent when asked for, whatever is in them" {
  answer '[{"id":"rcmd_00000000000000ac","type":"send_logs","lines":2}]'
  begin
  until_asked '.url | endswith("/logs")'
  stopped
  [ "$(requests 'select(.url | endswith("/logs")) | .body | fromjson | .lines[1]')" = 'daemon.err client: a "quoted" \ line with a tab' ]
  [ "$(requests 'select(.url | endswith("/logs")) | .contract')" = ok ]
}

@test "of a long log the end is sent, as whole lines that fit into a request when quoted" {
  stub logread <<'LOG'
seq -f '%g {"level":"info","msg":"tpdu"}' 3000
LOG
  answer '[{"id":"rcmd_00000000000000af","type":"send_logs","lines":2000}]'
  begin
  until_asked '.body | contains("\"id\":\"rcmd_00000000000000af\",\"ok\":true")'
  stopped
  requests 'select(.url | endswith("/logs")) | .contract, .body' >got
  [ "$(head -n 1 got)" = ok ]
  tail -n +2 got >body
  [ "$(wc -c <body)" -lt 65536 ]
  jq -e '.lines | length > 1000 and .[-1][:4] == "3000" and all(test("^[0-9]{4} \\{\"level\":\"info\",\"msg\":\"tpdu\"\\}$"))' body
}

@test "an empty log is said to be empty, and its command done" {
  stub logread <<<':'
  answer '[{"id":"rcmd_00000000000000b0","type":"send_logs","lines":100}]'
  begin
  until_asked '.body | contains("\"id\":\"rcmd_00000000000000b0\",\"ok\":true,\"message\":\"the log is empty\"")'
  stopped
  [ "$(requests 'select(.url | endswith("/logs")) | .url')" = "" ]
}

@test "a text of the cloud comes out as it went in, backslashes before any letter too" {
  printf '%s' '{"a":"C:\\net\\root","b":"\\\"x\\\\n\/","c":"one\ntwo"}' >text.json
  printf '%s\t%s\n' a 'C:\net\root' b '\"x\\n/' c 'one two' >wanted
  # shellcheck source=/dev/null
  (. "${SCRIPT%/*}/ionmesh-json.sh" && flattened text.json) | diff - wanted
  stub awk <<<'exec busybox awk "$@"'
  # shellcheck source=/dev/null
  (. "${SCRIPT%/*}/ionmesh-json.sh" && flattened text.json) | diff - wanted
}

@test "a card that was swapped resets the modem, or says that it can't" {
  answer '[{"id":"rcmd_00000000000000ad","type":"reassign","iccid":"8988211000000000015","imsi":"310410000000001"}]'
  begin
  until_asked '.body | contains("\"id\":\"rcmd_00000000000000ad\",\"ok\":false")'
  stopped
}

@test "it runs on BusyBox alone, as on OpenWrt" {
  mkdir "$BATS_TEST_TMPDIR/busybox"
  busybox --install -s "$BATS_TEST_TMPDIR/busybox"
  rm -f "$BATS_TEST_TMPDIR/busybox"/{pidof,logread,logger} # of this test's router
  ln -s "$(command -v curl)" "$BATS_TEST_TMPDIR/busybox/"
  answer '[{"id":"rcmd_00000000000000ae","type":"config_update","version":4,"values":{"note":"a \"b\" \\ c"}}]'
  PATH=$STUBS:$BATS_TEST_TMPDIR/busybox "$BATS_TEST_TMPDIR/busybox/sh" "$SCRIPT" --run >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
  LOOP=$!
  until_asked '.body | contains("\"configuration_version\":4")'
  stopped
  tail -n 2 "$BATS_TEST_TMPDIR/uci" | head -n 1 | grep -qxF 'set remsim.ionmesh.note=a "b" \ c'
  of_heartbeats '.stats | tojson' | head -n 1 >got
  jq -e '.tpdus_sent == 41 and .uptime_seconds == 3723' got
}

instances() { # of the life signs that sent a heartbeat
  of_heartbeats .instance_id | sort -u | wc -l
}

@test "an event wakes a life sign that has only just begun, and does not kill it" {
  stub cat <<'CAT'
case $* in */random/uuid) [ ! -s "$RUN/pid" ] || kill -USR1 "$(/bin/cat "$RUN/pid")" ;; esac
exec /bin/cat "$@"
CAT
  export RUN
  begin
  until_asked '.url | endswith("/heartbeat")'
  stopped
}

@test "of many life signs begun at once one lives" {
  for _ in {1..12}; do "$SCRIPT" event-server-connect 3>&- & done
  until_asked '.url | endswith("/heartbeat")'
  sleep 1
  [ "$(instances)" = 1 ]
  kill "$(cat "$RUN/pid")"
  until_asked '.method == "DELETE"'
}

@test "the service takes over from what an event began, and the card is kept until the service is stopped" {
  "$SCRIPT" event-server-connect 3>&-
  until_asked '.url | endswith("/events")'
  local before
  before=$(cat "$RUN/pid")
  begin
  for _ in {1..100}; do [ "$(instances)" = 2 ] && break || sleep 0.1; done
  [ "$(cat "$RUN/pid")" = "$LOOP" ]
  for _ in {1..100}; do kill -0 "$before" 2>/dev/null || break; sleep 0.1; done # its end is its init's to notice
  run kill -0 "$before"
  [ "$status" -ne 0 ]
  [ "$(requests 'select(.method == "DELETE")')" = "" ]
  stopped
  [ "$(requests 'select(.method == "DELETE") | .url')" = "$COMMANDS/unregister/vm-slot0" ]
}

@test "a second service waits for the first, and ends without giving its card back" {
  begin
  until_asked '.url | endswith("/heartbeat")'
  "$SCRIPT" --run >"$BATS_TEST_TMPDIR/second" 2>&1 3>&- &
  local second=$!
  for _ in {1..100}; do [ -s "$BATS_TEST_TMPDIR/second" ] && break || sleep 0.05; done
  kill "$second"
  wait "$second"
  grep -q "waiting for the life sign $LOOP to end" "$BATS_TEST_TMPDIR/second"
  [ "$(requests 'select(.method == "DELETE")')" = "" ]
  [ "$(cat "$RUN/pid")" = "$LOOP" ]
  stopped
  [ "$(instances)" = 1 ]
}

@test "a pid that is somebody else's by now is not signalled, and does not keep a life sign from beginning" {
  sleep 60 3>&- &
  local stranger=$!
  mkdir -p "$RUN"
  echo "$stranger" >"$RUN/pid"
  "$SCRIPT" event-server-connect 3>&-
  until_asked '.url | endswith("/events")'
  kill "$stranger"
  kill "$(cat "$RUN/pid")"
  until_asked '.method == "DELETE"'
}

@test "a service that was stopped is not begun again by an event, whose newest it sends when it is started" {
  begin
  until_asked '.url | endswith("/heartbeat")'
  stopped
  for n in {1..60}; do printf '%s\tevent-modem-status\t%s\n' "$(date +%s)" "n=$n" >>"$RUN/events"; done
  "$SCRIPT" event-bankd-disconnect 3>&-
  [ "$(wc -l <"$RUN/events")" -eq 50 ]
  [ ! -e "$RUN/pid" ]
  begin
  until_asked '(.url | endswith("/events")) and (.body | contains("event-bankd-disconnect"))'
  stopped
  [ "$(instances)" = 2 ]
}

@test "OpenWrt gives the service the time to give the card back" {
  procd_open_instance() { :; }
  procd_close_instance() { :; }
  procd_set_param() { echo "$*" >>"$BATS_TEST_TMPDIR/procd"; }
  # shellcheck source=../../scripts/device/remsim/wisptools-remsim.init
  . "${SCRIPT%/*}/wisptools-remsim.init"
  start_service
  grep -qxF "command /etc/remsim/ionmesh-wisptools.sh --run" procd
  grep -qxF "term_timeout 25" procd
}

not_registered() { # REASON
  reply POST $COMMANDS/heartbeat "{\"status\":404,\"body\":{\"success\":false,\"error\":{\"code\":\"not-found\",\"message\":\"no\",\"reason\":\"$1\"}}}"
}

@test "a client whose card was taken back is restarted so that it registers, once in ten minutes" {
  not_registered not_registered
  begin
  until_beaten 2
  [ ! -e service ]
  until_beaten 8
  stopped
  [ "$(cat service)" = restart ]
}

@test "a client that stays without a card is restarted again when its time has come, then half as often" {
  not_registered not_registered
  mkdir -p "$RUN"
  echo "$(($(cut -d. -f1 /proc/uptime) - 600)) 600" >"$RUN/restarted"
  begin
  until_beaten 4
  stopped
  [ "$(cat service)" = restart ]
  grep -qxE '[0-9]+ 1200' "$RUN/restarted"
}

@test "a client that the cloud does know is not restarted, whatever it is answered" {
  not_registered not_found
  begin
  until_beaten 5
  stopped
  reply POST $COMMANDS/heartbeat '{"status":404,"body":"<html>not_registered</html>"}'
  begin
  until_beaten 10
  stopped
  [ ! -e service ]
}

@test "without a usable login nothing is sent" {
  echo 'IONMESH_HOST=127.0.0.1' >>"$WISPTOOLS_ROOT/etc/remsim/wisptools.conf"
  run "$SCRIPT" --run
  [ "$status" -eq 1 ]
  [[ "$output" == *"IONMESH_HOST must be login:secret@host"* ]]
  [ ! -s "$FAR/requests.ndjson" ]
}
