#!/usr/bin/env bats
# What must hold before a box runs a script as root.
# shellcheck disable=SC2016,SC2154

load box

PATH_OF_SCRIPT=/api/epc/epc_0123456789abcdef/deployment-script

setup() {
  make_box
  far_side
  enrolled
  MARK=$BATS_TEST_TMPDIR/ran
  printf '#!/bin/sh\necho "version $WT_SCRIPT_VERSION" >>%s\n# %s\n' "'$MARK'" "$(head -c 2000 /dev/zero | tr '\0' x)" >"$FAR/script"
  printf '#!/bin/sh\ntouch %s\n' "'$MARK'" >"$FAR/other"
  "$NODE" "$BATS_TEST_DIRNAME/sign.mjs" "$FAR" "$FAR/script" "$FAR/other"
  pin "$FAR/key.asc"
  serve_script 3
  serve_signature script.asc
}
teardown() { end_far_side; }

pin() { # what wisptools-register does
  sed -n '/^$/,/^=/p' "$1" | grep -v '^=' | base64 -d >"$ETC/signing-key.pgp"
}

serve_script() { # VERSION [JQ]
  reply GET $PATH_OF_SCRIPT "$(jq -n --arg v "$1" --arg sha "$(sha256sum <"$FAR/script" | cut -d' ' -f1)" \
    '{file: "script", headers: {"content-type": "text/x-shellscript; charset=utf-8", "x-script-sha256": $sha, "x-script-version": $v}} | '"${2:-.}")"
}

serve_signature() { # FILE [STATUS]
  reply GET $PATH_OF_SCRIPT.asc "{\"file\":\"$1\",\"status\":${2:-200},\"headers\":{\"content-type\":\"application/pgp-signature\"}}"
}

deploy() {
  run sh "$DEVICE/wisptools-deploy" "$@"
}

not_run() { # STATUS
  [ "$status" -eq "$1" ]
  [ ! -e "$MARK" ]
  [ ! -e "$VAR/state/script-version" ]
}

@test "runs a signed script and remembers its version" {
  deploy
  [ "$status" -eq 0 ]
  [ "$(cat "$MARK")" = "version 3" ]
  [ "$(cat "$VAR/state/script-version")" = 3 ]
  [ -e "$WISPTOOLS_ROOT/var/log/wisptools/deploy-3.log" ]
  all_proper
  # The signature asked for is that of the version that came.
  [ "$(requests .url | tail -n 1)" = "$PATH_OF_SCRIPT.asc?version=3" ]
}

@test "an error page is not run, whatever its status" {
  echo "touch '$MARK'" >"$FAR/script"
  serve_script 3 '.headers["content-type"] = "text/html"'
  deploy
  not_run 9
  for code in 404 500 302 204; do
    end_far_side
    far_side
    enrolled
    serve_script 3 ".status = $code"
    deploy
    [ "$status" -ne 0 ]
    [ ! -e "$MARK" ]
  done
}

@test "a truncated script is not run" {
  serve_script 3 '.cut = true'
  deploy
  not_run 5
}

@test "a script whose checksum is not the stated one is not run" {
  serve_script 3 '.file = "other"'
  deploy
  not_run 9
  serve_script 3 'del(.headers["x-script-sha256"])'
  deploy
  not_run 9
}

@test "an unsigned script is not run" {
  serve_signature script.asc 404
  deploy
  not_run 4
  end_far_side
  far_side
  enrolled
  echo '<html>' >"$FAR/page"
  serve_signature page
  deploy
  not_run 9
}

@test "a script with the signature of another text is not run" {
  serve_signature other.asc
  deploy
  not_run 9
  [[ "$output" == *"no valid signature by the pinned key"* ]]
}

@test "a script signed by another key is not run" {
  mkdir "$FAR/stranger"
  "$NODE" "$BATS_TEST_DIRNAME/sign.mjs" "$FAR/stranger" "$FAR/script"
  deploy
  not_run 9
}

@test "without a pinned key nothing is run" {
  rm "$ETC/signing-key.pgp"
  deploy
  not_run 9
}

@test "a script other than the one told of at enrolment is not run under its version" {
  sha=$(sha256sum <"$FAR/script" | cut -d' ' -f1)
  printf '{"deployment_script_sha256":"%s"}' "$sha" >"$VAR/state/registration.json"
  deploy --fetch-only
  [ "$status" -eq 0 ]
  not_run 0
  cp "$FAR/other" "$FAR/script"
  cp "$FAR/other.asc" "$FAR/script.asc"
  serve_script 3
  deploy
  not_run 9
  [[ "$output" == *"not the script this box was told of"* ]]
}

@test "an older version is not run, and a known one only when asked for" {
  deploy
  serve_script 2
  deploy
  [ "$status" -eq 9 ]
  serve_script 3
  deploy --if-newer
  [ "$status" -eq 0 ]
  [ "$(wc -l <"$MARK")" -eq 1 ]
  deploy
  [ "$status" -eq 0 ]
  [ "$(wc -l <"$MARK")" -eq 2 ]
}

@test "another version than the one asked for is not run" {
  deploy --version 4
  not_run 9
}

@test "one deployment at a time" {
  exec 8>"$VAR/deploy.lock"
  flock 8
  deploy
  exec 8>&-
  not_run 11
  [ ! -s "$FAR/requests.ndjson" ]
}

@test "a script that fails is not counted as deployed" {
  printf '#!/bin/sh\necho "broken here"\nexit 5\n' >"$FAR/script"
  "$NODE" "$BATS_TEST_DIRNAME/sign.mjs" "$FAR" "$FAR/script"
  pin "$FAR/key.asc"
  serve_script 3
  deploy
  not_run 10
  [[ "$output" == *"broken here"* ]]
}
