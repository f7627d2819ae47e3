#!/bin/sh
# apt under a deployment. Sourced by the deployment script after lib.sh; fail is that script's, which looks at CHANGED and MESSAGE.
# shellcheck disable=SC2034

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

missing_of() { # PACKAGE...: prints those that are not installed
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
  done
}

install_packages() { # PACKAGE...
  # shellcheck disable=SC2046,SC2086 # a list of words
  {
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    dpkg --configure -a
    # Of all sources: one that is broken, perhaps the Open5GS one that a later step mends, does not keep the others from being used.
    apt_get update || wt_log 'a package source does not answer, or is not signed by its key; going on with the others'
    apt_get install --no-install-recommends $missing
    MESSAGE="installed $missing"
  }
  CHANGED=yes
}

read_index() { # SOURCE: of that one alone, as a plain update is content with an index that fails its check (Error-Mode)
  apt_get -o Dir::Etc::SourceList="$WT_ROOT/etc/apt/sources.list.d/$1.sources" -o Dir::Etc::SourceParts=/dev/null \
    -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any update || fail "the package source $1 does not answer, or is not signed by its key"
}
