#!/bin/sh
# lock-package.sh FOLDER: writes FOLDER/package-lock.json for what we ship, which is installed without the workspace around it. Seeded with the
# root's lockfile, npm keeps every version that we tested; made from nothing it would take newer ones.
set -eu

main() {
  cd "$(dirname "$0")/../../$1"
  cp ../package-lock.json package-lock.json
  npm install --package-lock-only --workspaces=false --no-audit --no-fund --loglevel=error
}

main "$@"
