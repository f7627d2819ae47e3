#!/usr/bin/env bats
# The updater: every way an update can end. Where the power goes meanwhile is powerCuts.bats.
# shellcheck disable=SC2016,SC2154,SC2030,SC2031

load box
load updateWorld

@test "a good update is downloaded, installed, watched and committed, and each state told" {
  update
  [ "$status" -eq 0 ]
  [ "$(states)" = "aa.1 downloading,aa.1 downloaded,aa.1 installing,aa.1 health_check,aa.1 committed" ]
  [ "$(installed)" = "2.0 2.0" ]
  all_proper
  [ "$(told '"\(.previous["open5gs-mme"]) \(.installed["open5gs-mme"])"' | tail -n 1)" = "1.0 2.0" ]
  [ "$(told '.previous | keys | join(" ")' | tail -n 1)" = "open5gs-mme wisptools-agent" ]
  at_rest
  # The tenant's source alone for the index; local files with the versions before at hand; then what changed is put to work.
  grep -q 'apt-get .*Dir::Etc::SourceList=.*/wisptools.sources -o Dir::Etc::SourceParts=/dev/null .*Error-Mode=any update' "$WORLD/log"
  grep -q 'apt-get .*Lock::Timeout=.*confold .*--no-remove install .*/packages/wisptools-agent_2.0.deb .*/packages/open5gs-mme_2.0.deb' "$WORLD/log"
  ! grep -q allow-downgrades "$WORLD/log" || false
  grep -qx setup "$WORLD/log"
  grep -qx 'start open5gs-mmed.service' "$WORLD/log"
  ! grep -qx 'start open5gs-upfd.service' "$WORLD/log" || false
  ! grep -q 'wisptools-update.service' "$WORLD/log" || false
  [ "$(ls "$UPDATE/packages")" = $'open5gs-mme_1.0.deb\nopen5gs-mme_2.0.deb\nwisptools-agent_1.0.deb\nwisptools-agent_2.0.deb' ]
}

@test "the services have to be well for as long as asked" {
  update '.health_seconds = 300'
  [ "$(states)" = "aa.1 downloading,aa.1 downloaded,aa.1 installing,aa.1 health_check,aa.1 committed" ]
  read -r now _ <"$WISPTOOLS_PROC/uptime"
  [ "${now%.*}" -ge 1300 ]
}

@test "nothing to install commits at once" {
  echo 2.0 >"$WORLD/db/wisptools-agent"
  echo 2.0 >"$WORLD/db/open5gs-mme"
  update
  [ "$(states)" = "aa.1 downloading,aa.1 committed" ]
  [ "$(told '.previous["open5gs-mme"]' | tail -n 1)" = 2.0 ]
  [ ! -s "$WORLD/log" ]
  at_rest
}

@test "what is there already is left alone, and told as it was before" {
  echo 2.0 >"$WORLD/db/wisptools-agent"
  rm "$WORLD/repo/wisptools-agent_1.0.deb"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
  [ "$(told '.previous | to_entries[] | "\(.key)=\(.value)"' | tail -n 2 | sort | paste -sd' ')" = "open5gs-mme=1.0 wisptools-agent=2.0" ]
  ! grep -qx setup "$WORLD/log" || false
}

@test "another content than the rollout names is not installed" {
  update '.packages[1].sha256 = "0" * 64'
  [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
  [[ "$(last_message)" == "open5gs-mme 2.0 as downloaded is not what the rollout names: its SHA-256 differs" ]]
  [ "$(installed)" = "1.0 1.0" ]
  ! grep -q ' install ' "$WORLD/log" || false
  at_rest
}

@test "the content of another architecture is as good" {
  update '.packages[1] |= (.otherSha256 = [.sha256] | .sha256 = "0" * 64)'
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
}

@test "what cannot be downloaded changes nothing, and says why" {
  for what in update download-open5gs-mme simulate download-only configure; do
    fresh_world
    echo "E: words about $what" >"$WORLD/fail/$what"
    update
    [ "$status" -eq 0 ]
    [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
    [[ "$(last_message)" == *"words about $what"* ]]
    [ "$(installed)" = "1.0 1.0" ]
    ! grep -q '^start' "$WORLD/log" || false
    at_rest
  done
  all_proper
}

@test "without a way back there is no way forth" {
  rm "$WORLD/repo/open5gs-mme_1.0.deb"
  update
  [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
  [[ "$(last_message)" == "open5gs-mme 1.0, which is installed, cannot be had any more"* ]]
  [ "$(installed)" = "1.0 1.0" ]
  # apt's own archive may have it still.
  fresh_world
  mkdir -p "$WISPTOOLS_ROOT/var/cache/apt/archives"
  mv "$WORLD/repo/open5gs-mme_1.0.deb" "$WISPTOOLS_ROOT/var/cache/apt/archives/open5gs-mme_1.0_amd64.deb"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
}

@test "a package that was never installed may come, and goes again when the box is not well" {
  rm "$WORLD/db/open5gs-mme"
  rm "$WORLD/repo/open5gs-mme_1.0.deb"
  echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  [ "$(told '.previous["open5gs-mme"]' | tail -n 1)" = "" ]
  [ ! -e "$WORLD/db/open5gs-mme" ]
  [ "$(cat "$WORLD/db/wisptools-agent")" = 1.0 ]
}

@test "an agent that is no package yet, and a half installed package, are left alone" {
  rm "$WORLD/db/wisptools-agent"
  update
  [[ "$(last_message)" == "wisptools-agent was not installed as a package"* ]]
  fresh_world
  : >"$WORLD/db/open5gs-mme.half"
  update
  [[ "$(last_message)" == "open5gs-mme is half installed"* ]]
  [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
}

@test "no space: said before anything is changed" {
  echo 20000 >"$WORLD/free"
  update
  [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
  [[ "$(last_message)" == "not enough space: 20000 KiB are free, "* ]]
  at_rest
}

@test "a disk that fills up while it installs: back again" {
  echo 'E: write error - write (28: No space left on device)' >"$WORLD/fail/install"
  stub mktemp <<STUB
case \$* in *"$UPDATE"*) if [ -e "$WORLD/full" ]; then echo 'mktemp: No space left on device' >&2 && exit 1; fi ;; esac
exec /usr/bin/mktemp "\$@"
STUB
  PATH="$STUBS:$PATH"
  update
  [ "$(states | sed 's/.*installing,//')" = "aa.1 rolled_back" ]
  [[ "$(last_message)" == *"No space left on device"* ]]
  [ "$(installed)" = "1.0 1.0" ]
  # From here on nothing can be written down: it goes back all the same, tells, and settles its files once there is space.
  fresh_world
  echo 'E: No space left on device' >"$WORLD/fail/install"
  stub apt-get <<STUB
case " \$* " in *" install "*) case \$* in *--simulate* | *--download-only*) ;; *) : >"$WORLD/full" ;; esac ;; esac
exec "$BATS_TEST_DIRNAME/update-world/apt-get" "\$@"
STUB
  update
  [ "$status" -ne 0 ]
  [ "$(installed)" = "1.0 1.0" ]
  [ "$(states | sed 's/.*installing,//')" = "aa.1 rolled_back" ]
  rm "$WORLD/full" "$WORLD/fail/install" "$STUBS/apt-get"
  program
  [ "$status" -eq 0 ]
  at_rest
}

@test "an install that fails goes back to the versions before" {
  echo 'E: Sub-process /usr/bin/dpkg returned an error code (1)' >"$WORLD/fail/install"
  update
  [ "$(states)" = "aa.1 downloading,aa.1 downloaded,aa.1 installing,aa.1 rolled_back" ]
  [[ "$(last_message)" == "installing failed: E: Sub-process"* ]]
  [ "$(installed)" = "1.0 1.0" ]
  at_rest
  all_proper
}

@test "a daemon that does not start with the new version: back, and why" {
  echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"
  update
  [ "$(states)" = "aa.1 downloading,aa.1 downloaded,aa.1 installing,aa.1 health_check,aa.1 rolled_back" ]
  [ "$(last_message)" = "not running: open5gs-mmed" ]
  [ "$(installed)" = "1.0 1.0" ]
  [ "$(told '.installed["open5gs-mme"]' | tail -n 1)" = 1.0 ]
  [ -e "$WORLD/active/open5gs-mmed.service" ]
  grep -q -- '--allow-downgrades install' "$WORLD/log"
  at_rest
  all_proper
}

@test "a daemon that systemd restarts again and again counts as down" {
  stub sleep <<STUB
"$BATS_TEST_DIRNAME/update-world/sleep" "\$@"
read -r now _ <"$WISPTOOLS_PROC/uptime"
[ "\$(cat "$WORLD/db/open5gs-mme")" = 1.0 ] || echo "\${now%.*}" >"$WORLD/restarts-open5gs-mmed.service"
STUB
  PATH="$STUBS:$PATH"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  [[ "$(last_message)" == *"systemd had to restart it" ]]
  [ "$(installed)" = "1.0 1.0" ]
}

@test "S1AP has to be listened for, if it was before" {
  stub dpkg-query <<STUB
if [ "\$(cat "$WORLD/db/open5gs-mme")" = 2.0 ]; then : >"$WISPTOOLS_PROC/net/sctp/eps"; else cp "$WORLD/eps" "$WISPTOOLS_PROC/net/sctp/eps"; fi
exec "$BATS_TEST_DIRNAME/update-world/dpkg-query" "\$@"
STUB
  PATH="$STUBS:$PATH"
  cp "$WISPTOOLS_PROC/net/sctp/eps" "$WORLD/eps"
  update
  [ "$(last_message)" = "nothing listens for S1AP (SCTP port 36412)" ]
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  # A box without SCTP, or whose MME did not listen, is not asked for it.
  fresh_world
  : >"$WORLD/eps"
  : >"$WISPTOOLS_PROC/net/sctp/eps"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
}

@test "no report of the new agent: back" {
  echo none >"$WORLD/fail/heartbeat"
  update
  [ "$(last_message)" = "no report of the agent reached the cloud within 600 s" ]
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  [ "$(installed)" = "1.0 1.0" ]
}

@test "nothing to be told to the cloud after installing: back by itself, and the reports follow in order" {
  # The link goes with the new version.
  stub curl <<STUB
[ "\$(cat "$WORLD/db/open5gs-mme")" = 1.0 ] && [ ! -e "$WORLD/away" ] && exec /usr/bin/curl "\$@"
: >"$WORLD/away"
exit 7
STUB
  PATH="$STUBS:$PATH"
  update
  [ "$status" -eq 5 ]
  [ "$(installed)" = "1.0 1.0" ]
  [ "$(states)" = "aa.1 downloading,aa.1 downloaded,aa.1 installing" ]
  [ ! -e "$UPDATE/work.json" ]
  rm "$WORLD/away"
  program
  [ "$status" -eq 0 ]
  [ "$(states)" = "aa.1 downloading,aa.1 downloaded,aa.1 installing,aa.1 health_check,aa.1 rolled_back" ]
  [ "$(last_message)" = "could not report within 600 s" ]
  at_rest
  all_proper
}

@test "a report that the cloud does not want stops nothing; a captive portal's welcome is no answer" {
  reply POST /api/epc-updates/report '{"status":409,"body":{"success":false,"error":{"code":"failed-precondition","message":"ended"}}}'
  update
  [ "$(installed)" = "2.0 2.0" ]
  at_rest
  fresh_world
  end_far_side
  far_side
  enrolled
  reply POST /api/epc-updates/report '{"body":"<html>please pay</html>"}'
  update
  [ "$status" -eq 5 ]
  [ "$(installed)" = "1.0 1.0" ]
  [ "$(find "$UPDATE/reports" -name '*.json' | wc -l)" -eq 5 ]
}

@test "when the versions before cannot be restored it says failed; dpkg helps where apt does not" {
  echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"
  echo 'E: no way' >"$WORLD/fail/back"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  [ "$(installed)" = "1.0 1.0" ]
  fresh_world
  echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"
  echo 'E: no way' >"$WORLD/fail/back"
  echo 'dpkg: error: no way either' >"$WORLD/fail/dpkg-install"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 failed" ]
  [[ "$(last_message)" == "not running: open5gs-mmed; the versions before could not be restored"*"no way either"* ]]
  at_rest
  fresh_world
  echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"
  echo 'wisptools-agent 1.0' >"$WORLD/bad/wisptools-events.service"
  update
  [[ "$(last_message)" == *"the versions before are back, but: not running: wisptools-events" ]]
  [ "$(installed)" = "1.0 1.0" ]
}

@test "what apt brings along goes back as well" {
  echo 1.0 >"$WORLD/db/open5gs-common"
  deb open5gs-common 1.0
  echo 'open5gs-common 2.0' >"$WORLD/drags"
  echo 'open5gs-mme 2.0' >"$WORLD/bad/open5gs-mmed.service"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  [ "$(cat "$WORLD/db/open5gs-common")" = 1.0 ]
  [ "$(told '.previous["open5gs-common"]' | tail -n 1)" = 1.0 ]
  grep -qx 'start open5gs-upfd.service' "$WORLD/log"
}

@test "a restore may go to older versions, an update may not" {
  echo 3:1.0 >"$WORLD/db/open5gs-mme"
  deb open5gs-mme 3:1.0
  echo 2.0 >"$WORLD/db/wisptools-agent"
  down='.packages |= map(select(.name == "wisptools-agent") | .version = "1.0" | .sha256 = "'$(sum wisptools-agent 1.0)'")'
  update "$down"
  [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
  [[ "$(last_message)" == *"without --allow-downgrades"* ]]
  update "$down | .attempt = 2 | .restore = true"
  [ "$(states | sed 's/.*,//')" = "aa.2 committed" ]
  [ "$(installed)" = "1.0 3:1.0" ]
  # An epoch in a file's name.
  update '.attempt = 3 | .packages |= map(select(.name == "open5gs-mme") | .version = "3:2.0" | .sha256 = "'"$(deb open5gs-mme 3:2.0; sum open5gs-mme 3:2.0)"'")'
  [ "$(states | sed 's/.*,//')" = "aa.3 committed" ]
  [ "$(cat "$WORLD/db/open5gs-mme")" = 3:2.0 ]
}

@test "what is kept of the last update is the way back of the next, without the repository" {
  update
  rm "$WORLD"/repo/*_2.0.deb
  for name in wisptools-agent open5gs-mme; do deb "$name" 3.0; done
  echo 'open5gs-mme 3.0' >"$WORLD/bad/open5gs-mmed.service"
  mkdir -p "$UPDATE"
  deb_request=$(jq -cn --arg a "$(sum wisptools-agent 3.0)" --arg m "$(sum open5gs-mme 3.0)" '{type: "update", rollout_id: "ro_00000000000000bb", attempt: 1,
    restore: false, health_seconds: 60, report_seconds: 600, packages: [{name: "wisptools-agent", version: "3.0", sha256: $a}, {name: "open5gs-mme", version: "3.0", sha256: $m}]}')
  echo "$deb_request" >"$UPDATE/request.json"
  program
  [ "$(states | sed 's/.*,//')" = "bb.1 rolled_back" ]
  [ "$(installed)" = "2.0 2.0" ]
  [ "$(ls "$UPDATE/packages")" = $'open5gs-mme_2.0.deb\nwisptools-agent_2.0.deb' ]
}

@test "the same attempt twice is done once; its last state is told again" {
  update
  : >"$WORLD/log"
  update
  [ "$status" -eq 0 ]
  [ ! -s "$WORLD/log" ]
  [ "$(states | sed 's/.*check,//')" = "aa.1 committed,aa.1 committed" ]
  at_rest
}

@test "a clock that is not set waits, then gives up" {
  export WISPTOOLS_TIME_SECONDS=60
  stub timedatectl <<'STUB'
echo no
STUB
  PATH="$STUBS:$PATH"
  reply GET / '{"headers":{"date":"Thu, 01 Jan 2015 00:00:00 GMT"},"body":"x"}'
  update
  [ "$(states)" = "aa.1 downloading,aa.1 failed" ]
  [ "$(last_message)" = "this box's clock is not set" ]
  reply GET / '{"body":"x"}'
  update '.attempt = 2'
  [ "$(states | sed 's/.*,//')" = "aa.2 committed" ]
}

@test "one at a time, and not beside a deployment" {
  exec 5>>"$VAR/update.lock"
  flock 5
  update
  [ "$status" -eq 11 ]
  [ -e "$UPDATE/request.json" ]
  exec 5>&-
  export WISPTOOLS_LOCK_SECONDS=0
  exec 5>>"$VAR/deployment.lock"
  flock 5
  program
  exec 5>&-
  [ "$(states | sed 's/.*,//')" = "aa.1 failed" ]
  [ "$(last_message)" = "a deployment is at work" ]
  [ "$(installed)" = "1.0 1.0" ]
}

@test "without the timer that would take it back, nothing is installed" {
  echo no >"$WORLD/fail/enable"
  update
  [ "$(states | sed 's/.*,//')" = "aa.1 failed" ]
  [ "$(last_message)" = "cannot set the timer that would take it back" ]
  at_rest
}

@test "what is handed over is checked once more" {
  mkdir -p "$UPDATE"
  for bad in '.packages[0].name = "-o=x"' '.rollout_id = "../../x"' '.attempt = "1"' '.packages = []'; do
    request "$bad" >"$UPDATE/request.json"
    program
    [ "$status" -eq 0 ]
    [ ! -e "$UPDATE/request.json" ]
  done
  printf 'garbage' >"$UPDATE/request.json"
  program
  [ ! -e "$UPDATE/request.json" ]
  [ -z "$(states)" ]
  [ ! -s "$WORLD/log" ]
}

@test "the programs that began the update end it, whatever it puts in their place" {
  mkdir -p "$BATS_TEST_TMPDIR/programs"
  cp "$DEVICE"/* "$BATS_TEST_TMPDIR/programs/" 2>/dev/null || true
  stub apt-get <<STUB
"$BATS_TEST_DIRNAME/update-world/apt-get" "\$@" || exit
case " \$* " in *" install "*)
  case \$* in *--simulate* | *--download-only*) exit ;; esac
  for file in wisptools-update lib.sh update-state.sh; do
    printf 'exit 99\n' >"$BATS_TEST_TMPDIR/programs/new" && mv "$BATS_TEST_TMPDIR/programs/new" "$BATS_TEST_TMPDIR/programs/\$file"
  done
  [ ! -e "$WORLD/cut" ] || { rm "$WORLD/cut" && pkill -9 -s "\$(cat "$WORLD/session")"; } ;;
esac
STUB
  PATH="$STUBS:$PATH"
  DEVICE=$BATS_TEST_TMPDIR/programs
  update
  [ "$status" -eq 0 ]
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
  # And when the power goes before its end, by the unit that it set up for that.
  cp "$BATS_TEST_DIRNAME/../../scripts/device"/* "$BATS_TEST_TMPDIR/programs/" 2>/dev/null || true
  fresh_world
  : >"$WORLD/cut"
  update
  [ "$status" -ne 0 ]
  [ -e "$WISPTOOLS_ROOT/etc/systemd/system/wt-update-guard.timer" ]
  command=$(sed -n 's/^ExecStart=//p' "$WISPTOOLS_ROOT/etc/systemd/system/wt-update-guard.service")
  run sh -c "$command"
  [ "$status" -eq 0 ]
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
  at_rest
}

@test "an update that stops again and again is given up" {
  hand_over
  for _ in 1 2 3 4 5 6 7; do
    # At the health check each time.
    stub sleep <<STUB
exec pkill -9 -s "\$(cat "$WORLD/session")"
STUB
    PATH="$STUBS:$PATH"
    program
  done
  rm "$STUBS/sleep"
  program
  [ "$status" -eq 0 ]
  [ "$(states | sed 's/.*,//')" = "aa.1 rolled_back" ]
  [ "$(last_message)" = "was interrupted again and again" ]
  [ "$(installed)" = "1.0 1.0" ]
}

# --- the command -----------------------------------------------------------------------------------------------------

command_() { # ID [JQ]: the request delivered as that command
  jq -cn --arg id "$1" --argjson request "$(request "${2:-.}")" '{id: $id, expires_at: "2099-01-01T00:00:00Z", request: $request}' >"$BATS_TEST_TMPDIR/command.json"
  run sh "$DEVICE/wisptools-command" "$BATS_TEST_TMPDIR/command.json"
  [ "$status" -eq 0 ]
}

answer() { # what the command's result says
  requests 'select(.url == "/api/metrics/command-result") | .body | fromjson | "\(.state) \(.exit_code) \(.output)"' | sed '/^$/d' | tail -n 1
}

@test "an update arrives as a command and is answered at once; another one is refused until it ends" {
  command_ cmd_0000000000000001
  [ "$(answer)" = "succeeded 0 accepted: $ROLLOUT, attempt 1" ]
  [ "$(jq -c . "$UPDATE/request.json")" = "$(request)" ]
  command_ cmd_0000000000000002 '.rollout_id = "ro_00000000000000bb"'
  [ "$(answer)" = "failed 126 refused: another update is at work" ]
  command_ cmd_0000000000000003
  [ "$(answer)" = "succeeded 0 $ROLLOUT, attempt 1, is under way already" ]
  mv "$UPDATE/request.json" "$UPDATE/work.json"
  command_ cmd_0000000000000004 '.attempt = 2'
  [ "$(answer)" = "failed 126 refused: another update is at work" ]
  [ ! -e "$UPDATE/request.json" ]
  program
  [ "$(states | sed 's/.*,//')" = "aa.1 committed" ]
  command_ cmd_0000000000000005 '.attempt = 2'
  [ "$(answer)" = "succeeded 0 accepted: $ROLLOUT, attempt 2" ]
  all_proper
}

@test "a request with anything out of place is refused, and nothing is handed over" {
  n=16
  for bad in '.packages[0].name = "-oDpkg::Pre-Invoke=x"' '.packages[0].name = "a;reboot"' '.packages[0].name = "../x"' '.packages[0].name = "A1"' '.packages[0].name = "x"' \
    '.packages[0].name += "\n"' '.packages[0].version = "1.0 --force"' '.packages[0].version = "$(reboot)"' '.packages[0].version = ""' '.packages[0].version = "v1"' \
    '.packages[0].version = "1.0\n2"' '.packages[0].version = "1_0"' '.packages[0].version = "1" * 129' '.packages[0].version = "a:1"' '.packages[0].sha256 = "0" * 63' \
    '.packages[0].sha256 = "G" * 64' '.packages[0].otherSha256 = ["x"]' '.packages[0].otherSha256 = "0" * 64' '.packages[0].extra = 1' '.packages[1].name = .packages[0].name' \
    '.packages = []' '.packages = {}' '.packages = "x"' '.packages = [range(51) | {name: "a\(.)b", version: "1", sha256: ("0" * 64)}]' 'del(.packages)' \
    '.rollout_id = "../../etc"' '.rollout_id = "ro_00000000000000aa\n"' '.rollout_id = null' '.attempt = 0' '.attempt = 1.5' '.attempt = "1"' '.attempt = 1e300' \
    '.restore = "true"' 'del(.restore)' '.health_seconds = 0' '.health_seconds = 1e9' '.health_seconds = "60"' '.report_seconds = -1' '.report_seconds = null' '.more = 1'; do
    n=$((n + 1))
    command_ "cmd_00000000000000$n" "$bad"
    echo "$bad: $(answer)"
    [[ "$(answer)" == "failed 126 refused:"* ]]
    [ ! -e "$UPDATE/request.json" ]
  done
}
