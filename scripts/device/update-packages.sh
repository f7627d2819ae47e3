#!/bin/sh
# What an update does with apt and dpkg. Sourced by wisptools-update after update-state.sh. A function that fails says why in WHY.
# shellcheck disable=SC2034,SC2154 # others of wisptools-update use them, or set them

PACKAGES=$UPDATE/packages
SOURCE=$WT_ROOT/etc/apt/sources.list.d/wisptools.sources
ARCHIVES=$WT_ROOT/var/cache/apt/archives
SPARE_KIB=32768 # beyond what the packages say they take

unwatched() { # PROGRAM ARGS...: nobody answers questions, nobody reads pages; its output is in WT_TMP/output
  (
    umask 022 # maintainer scripts make files for all to read
    export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1
    exec timeout -k 60 3600 "$@" >"$WT_TMP/output" 2>&1 </dev/null 7>&- 8>&-
  ) && return 0
  wt_log "failed: $* $(complaint)"
  return 1
}

complaint() { # prints the last words of what failed
  { grep -E '^(E:|dpkg: error|dpkg-deb: error)' "$WT_TMP/output" || tail -n 2 "$WT_TMP/output"; } 2>/dev/null | tail -n 3 | tr -s '\n' ' ' | cut -c1-400
}

apt_get() { # ARGS...; the index may be from a clock some minutes ahead of ours
  unwatched apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o Acquire::Max-FutureTime=600 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

tenants_source() { # ARGS...: apt_get with the tenant's repository and no other
  apt_get -o Dir::Etc::SourceList="$SOURCE" -o Dir::Etc::SourceParts=/dev/null -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any "$@"
}

deb_of() { # NAME VERSION: prints where its .deb is kept, or would be
  printf '%s/%s_%s.deb\n' "$PACKAGES" "$1" "$(printf '%s' "$2" | sed 's/:/%3a/')"
}

debs_of() { # FILE of NAME VERSION lines: prints their .debs; names and versions hold no space
  while read -r name version _; do
    [ "$version" = - ] || deb_of "$name" "$version"
  done <"$1"
}

# --- before anything is changed --------------------------------------------------------------------------------------

to_do() { # prints those of WANTED that this box does not have
  while read -r name version sums; do
    [ "$(installed_version "$name")" = "$version" ] || printf '%s %s %s\n' "$name" "$version" "$sums"
  done <"$WANTED"
}

fits() { # FILE SHA256[,SHA256...]
  sum=$(sha256sum <"$1") || return 1
  case ,$2, in *",${sum%% *},"*) ;; *) return 1 ;; esac
}

download() { # NAME VERSION [APT_FUNCTION]: leaves it as FETCHED
  rm -rf "$UPDATE/fetch"
  mkdir -p "$UPDATE/fetch" || return 1
  (cd "$UPDATE/fetch" && "${3:-apt_get}" download "$1=$2") || return 1
  set -- "$UPDATE/fetch"/*.deb
  FETCHED=$1
  [ "$#" -eq 1 ] && [ -f "$FETCHED" ]
}

is_deb_of() { # FILE NAME VERSION: a whole .deb of that package
  [ "$(dpkg-deb -f "$1" Package 2>/dev/null)" = "$2" ] && [ "$(dpkg-deb -f "$1" Version 2>/dev/null)" = "$3" ] &&
    dpkg-deb -c "$1" >/dev/null 2>&1
}

store_deb() { # FILE NAME VERSION: what is in PACKAGES is whole, and stays through a power cut
  sync "$1" && mv -f "$1" "$(deb_of "$2" "$3")" && sync "$PACKAGES" && return 0
  WHY="cannot keep $2 $3"
  return 1
}

get_new() { # NAME VERSION SHA256[,SHA256...]
  deb=$(deb_of "$1" "$2")
  if [ -f "$deb" ] && fits "$deb" "$3"; then return 0; fi
  download "$1" "$2" tenants_source || { WHY="cannot download $1 $2: $(complaint)" && return 1; }
  fits "$FETCHED" "$3" || { WHY="$1 $2 as downloaded is not what the rollout names: its SHA-256 differs" && return 1; }
  is_deb_of "$FETCHED" "$1" "$2" || { WHY="$1 $2 as downloaded is another package" && return 1; }
  store_deb "$FETCHED" "$1" "$2"
}

get_previous() { # NAME VERSION: the way back, from what is kept here or from where apt gets packages
  deb=$(deb_of "$1" "$2")
  if [ -f "$deb" ]; then return 0; fi
  for archived in "$ARCHIVES/$1_$(printf '%s' "$2" | sed 's/:/%3a/')"_*.deb; do
    if [ -f "$archived" ] && is_deb_of "$archived" "$1" "$2"; then
      cp "$archived" "$UPDATE/archived" && store_deb "$UPDATE/archived" "$1" "$2"
      return
    fi
  done
  if download "$1" "$2" && is_deb_of "$FETCHED" "$1" "$2"; then
    store_deb "$FETCHED" "$1" "$2"
    return
  fi
  WHY="$1 $2, which is installed, cannot be had any more, so there would be no way back; nothing was changed"
  return 1
}

install_options() {
  printf '%s\n' --no-install-recommends --no-remove
  if [ "$RESTORE" = true ]; then echo --allow-downgrades; fi
}

try_install() { # APT_OPTION: with the lists at hand, or with fresh ones, as a new dependency may be newer than they
  # shellcheck disable=SC2046 # words
  {
    apt_get "$1" $(install_options) install $(debs_of "$WT_TMP/to-do") && return 0
    unwatched apt-get -q update || :
    apt_get "$1" $(install_options) install $(debs_of "$WT_TMP/to-do") && return 0
  }
  WHY="cannot be installed: $(complaint)"
  return 1
}

record_previous() { # of all that apt would change, as a dependency may have to come along
  {
    cut -d' ' -f1 "$WT_TMP/to-do"
    sed -n 's/^Inst \([a-z0-9][a-z0-9+.-]*\).*/\1/p' "$WT_TMP/output"
  } | sort -u >"$WT_TMP/affected"
  while read -r name; do
    printf '%s %s\n' "$name" "$(installed_version "$name")"
  done <"$WT_TMP/affected" >"$WT_TMP/previous"
  keep "$UPDATE/previous" <"$WT_TMP/previous"
}

never_installed() { # NAME
  # shellcheck disable=SC2016 # dpkg-query's own variable
  case $(dpkg-query -W -f '${db:Status-Status} ' "$1" 2>/dev/null) in '' | 'not-installed ' | 'config-files ') ;; *) return 1 ;; esac
}

has_way_back() {
  if grep -q '^wisptools-agent -$' "$UPDATE/previous"; then
    WHY='wisptools-agent was not installed as a package on this box: it has to be deployed once more first'
    return 1
  fi
  while read -r name version; do
    if [ "$version" != - ]; then
      get_previous "$name" "$version" || return 1
    elif ! never_installed "$name"; then
      WHY="$name is half installed, so there would be no way back; nothing was changed"
      return 1
    fi
  done <"$UPDATE/previous"
}

has_space() {
  need=$SPARE_KIB
  for deb in $(debs_of "$WT_TMP/to-do"); do
    size=$(dpkg-deb -f "$deb" Installed-Size)
    if wt_is_number "$size"; then need=$((need + size)); fi
  done
  free=$(df -Pk "$WT_ROOT/" "$WT_VAR" | awk 'NR == 2 || (NR > 2 && $4 < least) { least = $4 } END { print least + 0 }')
  [ "$free" -ge "$need" ] && return 0
  WHY="not enough space: $free KiB are free, $need KiB are needed"
  return 1
}

fetch_packages() { # all that is needed, forth and back, is on the disk when this succeeds; nothing is installed
  mkdir -p "$PACKAGES" || { WHY="cannot make $PACKAGES" && return 1; }
  unwatched dpkg --configure -a || { WHY="dpkg was interrupted before and cannot go on: $(complaint)" && return 1; }
  to_do >"$WT_TMP/to-do"
  (wt_repository_access) || : # the credentials may have been changed since
  tenants_source update || { WHY="the tenant's repository cannot be read: $(complaint)" && return 1; }
  while read -r name version sums; do
    get_new "$name" "$version" "$sums" || return 1
  done <"$WT_TMP/to-do"
  try_install --simulate || return 1
  record_previous || { WHY='cannot write down the versions before' && return 1; }
  has_way_back && try_install --download-only && has_space
}

# --- forth and back --------------------------------------------------------------------------------------------------

install_packages() {
  to_do >"$WT_TMP/to-do"
  [ -s "$WT_TMP/to-do" ] || return 0
  # shellcheck disable=SC2046 # words
  apt_get $(install_options) install $(debs_of "$WT_TMP/to-do") || { WHY="installing failed: $(complaint)" && return 1; }
  to_do >"$WT_TMP/to-do"
  [ -s "$WT_TMP/to-do" ] || return 0
  WHY="installing left out $(cut -d' ' -f1 "$WT_TMP/to-do" | tr '\n' ' ')"
  return 1
}

not_back() { # prints the lines of previous that do not hold
  while read -r name version; do
    if [ "$version" = - ] && ! grep -q "^$name " "$WANTED"; then continue; fi # a dependency that was new does no harm
    [ "$(installed_version "$name")" = "$version" ] || printf '%s %s\n' "$name" "$version"
  done <"$UPDATE/previous"
}

restore_packages() { # needs no network: what apt cannot see its way to, dpkg does
  not_back >"$WT_TMP/not-back"
  # shellcheck disable=SC2046 # words
  set -- $(debs_of "$WT_TMP/not-back")
  if [ "$#" -gt 0 ]; then
    apt_get --no-install-recommends --no-remove --allow-downgrades install "$@" ||
      unwatched dpkg --force-downgrade --force-confdef --force-confold --install "$@" || :
  fi
  while read -r name version; do
    [ "$version" != - ] || never_installed "$name" || apt_get remove "$name" || unwatched dpkg --force-remove-reinstreq --remove "$name" || :
  done <"$WT_TMP/not-back"
  cp "$WT_TMP/output" "$WT_TMP/words"
  not_back >"$WT_TMP/not-back"
  [ -s "$WT_TMP/not-back" ] || return 0
  cp "$WT_TMP/words" "$WT_TMP/output"
  WHY="the versions before could not be restored ($(tr '\n' ' ' <"$WT_TMP/not-back")): $(complaint)"
  return 1
}

clean_packages() { # keeps what is installed and what was before, for the next update's way back
  rm -rf "$UPDATE/fetch" "$UPDATE/archived"
  for deb in "$PACKAGES"/*.deb; do
    [ -f "$deb" ] || return 0
    name=${deb##*/}
    name=${name%%_*}
    version=${deb##*_}
    version=$(printf '%s' "${version%.deb}" | sed 's/%3a/:/')
    if [ "$(installed_version "$name")" = "$version" ] || grep -qx "$name $version" "$UPDATE/previous" 2>/dev/null; then continue; fi
    rm -f "$deb"
  done
}
