# shellcheck shell=bash
# Nearly every test starts a far side. Made one file once, it starts three times as fast.

setup_suite() {
  local here=${BASH_SOURCE[0]%/*}
  local bin=$here/../../node_modules/.bin
  PATH="$bin:$PATH" "$bin/esbuild" "$here/far-side.mjs" --bundle --platform=node --format=esm --log-level=warning --outfile="$BATS_SUITE_TMPDIR/far-side.mjs"
}
