#!/bin/sh
# Entry of every npm script: run.sh COMMAND [ARGS]. Brings a clean clone to the point where scripts/dev/COMMAND.ts can run.
# Runs on the system's Node; what it starts runs on the Node of node_modules.
set -eu

say() { printf 'wisptools: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

dependencies() {
  stamp=node_modules/.wisptools-lock
  if cmp -s package-lock.json "$stamp"; then return; fi
  command -v node >/dev/null 2>&1 || die "Node.js is missing: install version 20 or newer with npm"
  if node scripts/dev/installed.mjs; then
    cp package-lock.json "$stamp"
    return
  fi
  command -v npm >/dev/null 2>&1 || die "npm is missing: install Node.js 20 or newer with npm"
  say "installing the packages of package-lock.json (once per change of it)"
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$stamp"
}

# is_there "a|b": one of the programs exists; /usr/sbin is not on every user's PATH. A file that is no program is named by its whole path.
is_there() {
  names=$1
  case $names in /*) [ -e "$names" ]; return ;; esac
  while [ -n "$names" ]; do
    if PATH="$PATH:/usr/sbin:/sbin" command -v "${names%%|*}" >/dev/null 2>&1; then return 0; fi
    case $names in *"|"*) names=${names#*|} ;; *) names= ;; esac
  done
  return 1
}

is_wanted() { # is_wanted "table's commands": by the command we run
  case " $1 " in *" $command "*) return 0 ;; esac
  case $command in
    start | with-stack | test | bench | seed-export) case " $1 " in *" stack "*) return 0 ;; esac ;;
  esac
  return 1
}

missing_packages() {
  while read -r programs package commands; do
    case $programs in '' | '#'*) continue ;; esac
    if is_wanted "$commands" && ! is_there "$programs"; then printf '%s\n' "$package"; fi
  done <scripts/dev/requirements.txt | sort -u | tr '\n' ' '
}

system_packages() {
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    die "missing system packages, install them with: sudo apt-get install -y $missing"
  fi
  say "installing system packages: $missing"
  # shellcheck disable=SC2086 # a list of words
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing; } >&2 </dev/null ||
    die "apt-get could not install: $missing"
  missing=$(missing_packages)
  [ -z "$missing" ] || die "still missing after installation: $missing"
}

main() {
  [ $# -ge 1 ] || die "usage: run.sh COMMAND [ARGS]"
  command=$1
  shift
  cd "$(dirname "$0")/../.."
  [ -f "scripts/dev/$command.ts" ] || die "no such command: $command"
  if [ "$command" != doctor ]; then
    dependencies
    system_packages
  fi
  [ -x node_modules/.bin/node ] || { dependencies; }
  PATH="$PWD/node_modules/.bin:$PATH"
  export PATH
  exec node_modules/.bin/node "scripts/dev/$command.ts" "$@"
}

main "$@"
