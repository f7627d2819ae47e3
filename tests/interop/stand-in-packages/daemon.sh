#!/bin/sh
# Stands in for an Open5GS daemon, which Debian does not package: open5gs-NAMEd -c FILE. It reads its configuration as the
# real one would be expected to, ends with status 1 when it cannot use it, and otherwise stays. MME, SMF and PCRF go on as a real
# freeDiameter with the file they were given, so that one lives or dies by what freeDiameter itself thinks of it.
set -eu

refuse() {
  echo "${0##*/}: $*" >&2
  exit 1
}

section() { # prints the lines below the key $1 of the whole file, up to the next key of that depth
  awk -v key="$1" '
    match($0, /[^ ]/) { depth = RSTART - 1 }
    inside && depth <= at && !/^[ ]*-/ { exit }
    inside { print }
    $1 == key { inside = 1; at = depth }' "$file"
}

addresses() { # of each server: this machine must have them, as a daemon binds to them
  for address in $(section server: | sed -n 's/^ *- address: *"\{0,1\}\([0-9.]*\)"\{0,1\}$/\1/p'); do
    case $address in 127.*) continue ;; esac
    ip -o -4 address show | grep -q " $address/" || refuse "cannot bind to $address"
  done
}

main() {
  if [ "${1:-}" != -c ] || [ ! -r "${2:-}" ]; then refuse "cannot read ${2:-a configuration}"; fi
  file=$2
  name=${0##*/open5gs-}
  name=${name%d}
  grep -q "^$name:" "$file" || refuse "no $name: in $file"
  grep -q '^STAND-IN REFUSES' "$file" && refuse "told to refuse"
  addresses
  case $name in
    mme | smf | pcrf)
      diameter=$(sed -n 's/^  freeDiameter: *//p' "$file")
      [ -r "$diameter" ] || refuse "no freeDiameter in $file"
      # A relay to its peer, as it has no Gx to tell the SMF of. Debian's freeDiameter leaves a loopback ListenOn out and listens
      # everywhere; Open5GS's own keeps to it.
      if [ "$name" = pcrf ]; then
        standing=$(mktemp)
        sed '/^NoRelay;/d' "$diameter" >"$standing"
        diameter=$standing
      fi
      exec freeDiameterd -c "$diameter"
      ;;
    upf) ip link show ogstun >/dev/null 2>&1 || refuse "no device ogstun" ;;
  esac
  trap 'exit 0' TERM
  while :; do
    sleep 3600 &
    wait $! || :
  done
}

main "$@"
