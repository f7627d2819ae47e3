#!/bin/sh
# One report of how this box is (core/api/metrics.ts: Report). Sourced after lib.sh by the agent.
# A handful of short processes a minute: figures flow as lines "TYPE<TAB>PATH...<TAB>VALUE" (n: number, s: string, #N: place in
# a list), which one jq turns into JSON, so that no name from outside can break it.

wt_collect_setup() { # reads agent.conf
  MME_METRICS=http://127.0.0.2:9090/metrics
  SMF_METRICS=http://127.0.0.4:9090/metrics
  UPF_METRICS=http://127.0.0.7:9090/metrics
  TUN_DEVICE=ogstun
  wt_load "$WT_ETC/agent.conf" MME_METRICS SMF_METRICS UPF_METRICS TUN_DEVICE || :
  for wt_endpoint in "$MME_METRICS" "$SMF_METRICS" "$UPF_METRICS"; do
    case $wt_endpoint in
      *[!A-Za-z0-9.:/_\[\]-]*) wt_die "$WT_EXIT_USAGE" "agent.conf: not an address: $wt_endpoint" ;;
      http://?*) ;;
      *) wt_die "$WT_EXIT_USAGE" "agent.conf: not an http address: $wt_endpoint" ;;
    esac
  done
  : >"$WT_TMP/counters"
  wt_versions_at=0
}

wt_versions() { # asks which packages and which system this is: when dpkg has written its list, and once an hour
  wt_hour=$(($(date +%s) / 3600))
  # shellcheck disable=SC3013 # not in POSIX, but in the sh of Debian and Ubuntu
  if [ "$wt_hour" -eq "$wt_versions_at" ] && [ ! "$WT_ROOT/var/lib/dpkg/status" -nt "$WT_TMP/asked" ]; then return 0; fi
  : >"$WT_TMP/asked" # before the question, so that no answer is missed
  wt_versions_at=$wt_hour
  PRETTY_NAME=
  wt_load "$WT_ROOT/etc/os-release" PRETTY_NAME || wt_load /etc/os-release PRETTY_NAME || :
  PRETTY_NAME=${PRETTY_NAME#\"}
  # shellcheck disable=SC2016 # dpkg-query's own variables
  dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' 'wisptools-*' 'open5gs-*' >"$WT_TMP/packages" 2>/dev/null || :
  {
    printf 's\tversion\tmetrics_agent\t%s\n' "$WT_VERSION"
    [ -z "$PRETTY_NAME" ] || printf 's\tversion\tos\t%.128s\n' "${PRETTY_NAME%\"}"
    awk '$1 == "installed" && NF == 3 && length($3) <= 64 && $2 ~ /^[a-z0-9][a-z0-9+.-]+$/ && $3 ~ /^([0-9]+:)?[0-9][A-Za-z0-9.+~-]*$/ && n++ < 64 {
      if ($2 == "open5gs-mme") printf "s\tversion\topen5gs\t%s\n", $3
      printf "s\tversion\tpackages\t%s\t%s\n", $2, $3
    }' "$WT_TMP/packages"
  } >"$WT_TMP/versions"
}

wt_endpoints() { # fetches what the Open5GS daemons publish, in one process; what does not answer leaves no file
  rm -f "$WT_TMP/mme" "$WT_TMP/smf" "$WT_TMP/upf" "$WT_TMP/enbs"
  {
    printf 'silent\nfail\nproto = "=http"\nconnect-timeout = 2\nmax-time = 5\nmax-filesize = 4194304\n'
    printf 'url = "%s"\noutput = "%s/mme"\nurl = "%s"\noutput = "%s/smf"\nurl = "%s"\noutput = "%s/upf"\n' \
      "$MME_METRICS" "$WT_TMP" "$SMF_METRICS" "$WT_TMP" "$UPF_METRICS" "$WT_TMP"
    # Open5GS 2.7.6 and newer list their eNodeBs as JSON on the same port.
    printf 'url = "%s"\noutput = "%s/enbs"\n' "${MME_METRICS%/metrics}/enb-info" "$WT_TMP"
  } | curl -q --config - 2>/dev/null || :
}

wt_units() { # how the daemons are, as systemd tells it
  systemctl show --no-pager -p Id -p LoadState -p UnitFileState -p ActiveState -p SubState -p NRestarts \
    open5gs-mmed.service open5gs-sgwcd.service open5gs-sgwud.service open5gs-smfd.service open5gs-upfd.service open5gs-pcrfd.service \
    >"$WT_TMP/units" 2>/dev/null || :
}

# Reads all sources in one pass; kind= on the command line says which one is read.
# shellcheck disable=SC2016 # awk's own variables
WT_FIGURES='
function n(path, value) { printf "n\t%s\t%.15g\n", path, value }
function s(path, value) { printf "s\t%s\t%s\n", path, value }
function percent(path, value) { n(path, value < 0 ? 0 : value > 100 ? 100 : int(value * 10 + 0.5) / 10) }
# A PCRF is there on sites of their own policy only; elsewhere its package may be a left-over.
function wanted() { return load != "not-found" && (enabled != "disabled" || active == "active") }
function unit(   name, state) {
  name = id; sub(/^open5gs-/, "", name); sub(/d\.service$/, "", name)
  if (name !~ /^(mme|sgwc|sgwu|smf|upf|pcrf)$/ || (name == "pcrf" && !wanted())) return
  state = active == "active" || active == "reloading" ? "running" : active == "failed" || sub_state == "auto-restart" ? "error" : "stopped"
  s("components\t" name "\tstate", state)
  n("components\t" name "\trestarts", restarts + 0)
}
kind == "old" { old[$1] = $2 }
kind == "stat" && $1 == "cpu" {
  for (i = 2; i <= 9; i++) total += $i
  idle = $5 + $6; seen_cpu = 1
}
kind == "memory" && /^MemTotal:/ { memory = $2 }
kind == "memory" && /^MemAvailable:/ && memory > 0 { percent("system\tmemory_percent", 100 - 100 * $2 / memory) }
kind == "load" { for (i = 1; i <= 3; i++) n("system\tload_average\t#" (i - 1), $i) }
kind == "uptime" { n("uptime_seconds", int($1)) }
kind == "disk" && FNR == 2 { percent("system\tdisk_percent", $5 + 0) }
kind == "net" && /:/ {
  line = $0; sub(/:/, " ", line); split(line, f, " ")
  if (f[1] == tun) { rx = f[2]; tx = f[10]; seen_tun = 1 }
  if (f[1] == "lo" || ++interfaces > 64) next
  p = "system\tinterfaces\t" f[1] "\t"
  n(p "rx_octets", f[2]); n(p "rx_errors", f[4]); n(p "tx_octets", f[10]); n(p "tx_errors", f[12])
}
kind == "units" {
  at = index($0, "="); key = substr($0, 1, at - 1); value = substr($0, at + 1)
  if (key == "Id") { if (id != "") unit(); id = value; load = enabled = active = sub_state = ""; restarts = 0 }
  else if (key == "LoadState") load = value
  else if (key == "UnitFileState") enabled = value
  else if (key == "ActiveState") active = value
  else if (key == "SubState") sub_state = value
  else if (key == "NRestarts") restarts = value
}
kind == "prometheus" && !/^#/ && match($0, /[ \t][-+0-9.eE]+[ \t]*$/) {
  value = substr($0, RSTART) + 0; name = substr($0, 1, RSTART - 1); labels = ""
  if ((at = index(name, "{")) > 0) { labels = substr(name, at); name = substr(name, 1, at - 1) }
  gauge[name] += value; known[name] = 1
  if (name == "fivegs_upffunction_upf_qosflows" && match(labels, /dnn="[A-Za-z0-9._-]+"/))
    flows[substr(labels, RSTART + 5, RLENGTH - 6)] += value
}
kind == "pool" { for (i = 1; i < NF; i++) if ($i == "inet" && split($(i + 1), a, "/") == 2) pool += 2 ^ (32 - a[2]) - 3 }
# Established associations with the port of S1AP: ASSOC SOCK STY SST ST HBKT ID TX RX UID INODE LPORT RPORT LADDRS <-> RADDRS
kind == "sctp" && $12 == 36412 {
  for (i = 14; i < NF; i++) if ($i == "<->") { peer = $(i + 1); sub(/^\*/, "", peer); s("peers\t#" peers++, peer); break }
}
END {
  if (id != "") unit()
  if (seen_cpu) {
    # The counters since boot stand in for the first interval, which has no beginning.
    busy = total - idle - (old["total"] - old["idle"]); span = total - old["total"]
    if (span > 0) percent("system\tcpu_percent", 100 * busy / span)
    printf "total %.15g\nidle %.15g\n", total, idle >counters
  }
  if (seen_tun) {
    span = now - old["at"]
    if (old["at"] > 0 && span > 0 && rx >= old["rx"] && tx >= old["tx"]) {
      n("throughput\tdown_bps", int((tx - old["tx"]) * 8 / span)); n("throughput\tup_bps", int((rx - old["rx"]) * 8 / span))
    }
    printf "at %.15g\nrx %.15g\ntx %.15g\n", now, rx, tx >counters
  }
  if (known["gtp2_sessions_active"]) { sessions = gauge["gtp2_sessions_active"]; counted = 1 }
  else if (known["fivegs_upffunction_upf_sessionnbr"]) { sessions = gauge["fivegs_upffunction_upf_sessionnbr"]; counted = 1 }
  else if (known["mme_session"]) { sessions = gauge["mme_session"]; counted = 1 }
  if (counted) n("subscribers\tactive_sessions", sessions)
  if (known["ues_active"]) n("subscribers\ttotal_connected", gauge["ues_active"])
  else if (known["enb_ue"]) n("subscribers\ttotal_connected", gauge["enb_ue"])
  if (pool > 0 && counted) {
    n("ogstun_pool\ttotal_ips", pool); n("ogstun_pool\tallocated_ips", sessions)
    n("ogstun_pool\tavailable_ips", pool > sessions ? pool - sessions : 0)
    percent("ogstun_pool\tutilization_percent", 100 * sessions / pool)
  }
  for (apn in flows) if (rows < 64) { s("apn_stats\t#" rows + 0 "\tapn", apn); n("apn_stats\t#" rows + 0 "\tsessions", flows[apn]); rows++ }
}'

wt_figures() { # prints the lines of all sources
  wt_proc_uptime=0
  { read -r wt_proc_uptime _ <"$WT_PROC/uptime"; } 2>/dev/null || :
  df -P "$WT_ROOT/" >"$WT_TMP/disk" 2>/dev/null || :
  ip -o -4 addr show dev "$TUN_DEVICE" >"$WT_TMP/pool" 2>/dev/null || :
  set -- kind=old "$WT_TMP/counters"
  for wt_source in "stat $WT_PROC/stat" "memory $WT_PROC/meminfo" "load $WT_PROC/loadavg" "uptime $WT_PROC/uptime" \
    "disk $WT_TMP/disk" "net $WT_PROC/net/dev" "units $WT_TMP/units" "prometheus $WT_TMP/mme" "prometheus $WT_TMP/smf" \
    "prometheus $WT_TMP/upf" "pool $WT_TMP/pool" "sctp $WT_PROC/net/sctp/assocs"; do
    [ ! -r "${wt_source#* }" ] || set -- "$@" "kind=${wt_source%% *}" "${wt_source#* }"
  done
  awk -v now="$wt_proc_uptime" -v tun="$TUN_DEVICE" -v counters="$WT_TMP/counters.new" "$WT_FIGURES" "$@"
  [ ! -e "$WT_TMP/counters.new" ] || mv "$WT_TMP/counters.new" "$WT_TMP/counters"
}

wt_collect() { # FILE: one report
  wt_versions
  wt_endpoints
  wt_units
  [ -s "$WT_TMP/enbs" ] || echo null >"$WT_TMP/enbs"
  wt_collected=$(wt_now)
  { wt_figures && cat "$WT_TMP/versions"; } | jq -Rcn --rawfile enbs "$WT_TMP/enbs" --arg at "${wt_collected%.*}" '
    (reduce (inputs | split("\t")) as $line ({collected_at: ($at | tonumber)};
      setpath($line[1:-1] | map(if test("^#[0-9]+$") then .[1:] | tonumber else . end);
        if $line[0] == "n" then $line[-1] | tonumber else $line[-1] end))) as $report |
    ($at | tonumber | todate) as $seen |
    (try ($enbs | fromjson | .items | map({
        s1_ip: (.s1.sctp.peer // "" | sub("\\]?:[0-9]+$"; "") | ltrimstr("["))[0:64], cellid: (.enb_id | tostring)[0:32],
        status: (if .s1.setup_success == false then "connecting" else "connected" end), last_seen: $seen}))
      catch (if $report.peers then $report.peers | map({s1_ip: .[0:64], status: "connected", last_seen: $seen}) else null end)) as $listed |
    ($report | del(.peers)) + (if $listed then {enb_stats: $listed[0:256]} else {} end)' >"$1" || return 1
  [ -s "$1" ]
}
