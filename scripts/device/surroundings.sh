#!/bin/sh
# What only the box knows and its configuration needs. Sourced by the deployment script after lib.sh and hardware.sh; fail is
# that script's.

wt_s1_address() { # CONFIGURED: prints the address that eNodeBs reach this box at; not configured: the one it reaches the world from
  wt_own=${1:-$(wt_network | jq -r '.primary_ip // ""')}
  case $wt_own in
    '' | *[!0-9.]*) fail 'this box has no IPv4 address yet; set the S1AP address in its settings' ;;
  esac
  printf '%s' "$wt_own"
}

wt_is_address() {
  case $1 in '' | *[!0-9.]*) ;; *) return 0 ;; esac
  case $1 in *[!0-9A-Fa-f:.]*) return 1 ;; *:*) return 0 ;; *) return 1 ;; esac
}

# wt_peer_address ROLE HOST: prints an address of HOST. One found earlier stays as long as the name still has it, so that a
# name with several changes nothing, and when names don't resolve just now.
wt_peer_address() {
  if [ -z "$2" ] || wt_is_address "$2"; then
    printf '%s' "$2"
    return
  fi
  wt_known=$WT_STATE/address-of-$1
  wt_before=$(cat "$wt_known" 2>/dev/null) || wt_before=
  # The address comes first on the line, so that what follows is the name even if it had spaces.
  case $wt_before in *" $2") wt_before=${wt_before%% *} ;; *) wt_before= ;; esac
  wt_found=$(getent ahosts -- "$2" | awk '$2 == "STREAM" { print $1 }') || wt_found=
  if [ -n "$wt_before" ] && { [ -z "$wt_found" ] || printf '%s\n' "$wt_found" | grep -qxF "$wt_before"; }; then
    wt_found=$wt_before
  fi
  wt_found=$(printf '%s\n' "$wt_found" | head -n 1)
  wt_is_address "$wt_found" || fail "the Diameter peer $2 has no address: the name does not resolve"
  [ "$wt_before" = "$wt_found" ] || printf '%s %s\n' "$wt_found" "$2" | wt_store "$wt_known" 0644
  printf '%s' "$wt_found"
}

wt_extensions() { # prints the folder of Open5GS's freeDiameter extensions
  set -- "$WT_ROOT"/usr/lib/*/freeDiameter/dict_dcca_3gpp.fdx
  [ -e "$1" ] || fail "Open5GS's freeDiameter extensions are not in /usr/lib/*/freeDiameter"
  printf '%s' "${1#"$WT_ROOT"}" | sed 's|/[^/]*$||'
}
