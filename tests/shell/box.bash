# shellcheck shell=bash disable=SC2034,SC2154 # bats sets some, tests use others
# A box for one test: its own root, its own hardware, and a far side that answers as told.

DEVICE=$BATS_TEST_DIRNAME/../../scripts/device
NODE=$BATS_TEST_DIRNAME/../../node_modules/.bin/node
SECRET=$(printf 'c3%.0s' {1..32})
CREDENTIALS="EPC_ID=epc_0123456789abcdef
AUTH_CODE=$(printf 'a1%.0s' {1..16})
API_KEY=$(printf 'b2%.0s' {1..32})
SECRET_KEY=$SECRET"

make_box() {
  export WISPTOOLS_ROOT=$BATS_TEST_TMPDIR/box
  export WISPTOOLS_SYS=$BATS_TEST_TMPDIR/sys
  unset WISPTOOLS_PROC WISPTOOLS_ENROLL_TOKEN
  mkdir -p "$WISPTOOLS_SYS/class/dmi/id" "$WISPTOOLS_SYS/class/net/eth0/device" "$WISPTOOLS_SYS/block/sda/device"
  # Unique hardware: tests run against one cloud, again and again.
  cat /proc/sys/kernel/random/uuid >"$WISPTOOLS_SYS/class/dmi/id/product_uuid"
  echo "SN-$BATS_TEST_NUMBER" >"$WISPTOOLS_SYS/class/dmi/id/product_serial"
  echo "Test Works" >"$WISPTOOLS_SYS/class/dmi/id/sys_vendor"
  echo "Box 1" >"$WISPTOOLS_SYS/class/dmi/id/product_name"
  echo "00:16:3e:$(od -An -N3 -tx1 /dev/urandom | tr -d ' \n' | sed 's/../&:/g; s/:$//')" >"$WISPTOOLS_SYS/class/net/eth0/address"
  echo 1000 >"$WISPTOOLS_SYS/class/net/eth0/speed"
  echo 1953525168 >"$WISPTOOLS_SYS/block/sda/size"
  ETC=$WISPTOOLS_ROOT/etc/wisptools
  VAR=$WISPTOOLS_ROOT/var/lib/wisptools
  STUBS=$BATS_TEST_TMPDIR/stubs
  mkdir -p "$STUBS"
  export PATH="$STUBS:$PATH"
}

stub() { # NAME: a stand-in for a system tool, its text from standard input
  { echo '#!/bin/sh' && cat; } >"$STUBS/$1"
  chmod +x "$STUBS/$1"
}

far_side() { # starts it; replies are set by reply
  FAR=$BATS_TEST_TMPDIR/far
  mkdir -p "$FAR/replies"
  printf '%s' "$SECRET" >"$FAR/secret"
  : >"$FAR/requests.ndjson"
  rm -f "$FAR/port"
  "$NODE" "$BATS_SUITE_TMPDIR/far-side.mjs" "$FAR" >"$FAR/log" 2>&1 3>&- &
  FAR_PID=$!
  while [ ! -e "$FAR/port" ]; do
    kill -0 "$FAR_PID" || { cat "$FAR/log" && return 1; }
    sleep 0.05
  done
  URL=http://127.0.0.1:$(cat "$FAR/port")
}

end_far_side() {
  [ -n "${FAR_PID:-}" ] || return 0
  kill "$FAR_PID" 2>/dev/null
  wait "$FAR_PID" 2>/dev/null || true
  FAR_PID=
}

reply() { # METHOD PATH JSON...: what the far side answers, in turn
  local name=$1${2//\//_} IFS=,
  shift 2
  printf '[%s]\n' "$*" >"$FAR/replies/$name"
}

enrolled() { # a box that has credentials of the far side
  mkdir -p "$ETC" "$VAR"/{state,spool/queue,commands} "$WISPTOOLS_ROOT/var/log/wisptools"
  printf 'WISPTOOLS_URL=%s\nTENANT_ID=tenant_wisp123\n' "$URL" >"$ETC/wisptools.conf"
  (umask 077 && printf '%s\n' "$CREDENTIALS" >"$ETC/credentials")
}

requests() { # JQ: what was asked
  jq -r "$1" "$FAR/requests.ndjson"
}

# Every request so far was signed and well-formed by the contract.
all_proper() {
  [ -s "$FAR/requests.ndjson" ]
  run requests 'select(.signature != "holds" or .contract != "ok") | {url, signature, contract}'
  [ "$output" = "" ]
}
