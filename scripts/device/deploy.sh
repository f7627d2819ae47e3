#!/bin/sh
# The steps of a deployment. The cloud puts values and files (payload NAME) before this text and signs the whole; it is
# never run by itself. Each step compares before it writes, so that a second run changes nothing and a run cut short by a
# power cut is completed by the next.
# shellcheck disable=SC2154 # the values come before this text
set -eu

ROOT=${WISPTOOLS_ROOT:-}
BACKUP=$ROOT/var/lib/wisptools/state/rollback
RESTART=$ROOT/var/lib/wisptools/state/restart
SERVICES='open5gs-sgwud open5gs-upfd open5gs-sgwcd open5gs-smfd open5gs-mmed'
PACKAGES='open5gs-mme open5gs-sgwc open5gs-sgwu open5gs-smf open5gs-upf'
BASE_PACKAGES='ca-certificates curl openssl jq gpgv iproute2 iputils-ping nftables procps snmpd'
if [ "$LOCAL_PCRF" = yes ]; then # before the SMF, which calls it
  SERVICES="open5gs-pcrfd $SERVICES" PACKAGES="$PACKAGES open5gs-pcrf"
fi
SETTLE_SECONDS=${WISPTOOLS_SETTLE_SECONDS:-5}

# --- files -----------------------------------------------------------------------------------------------------------

put() { # MODE FILE: standard input replaces FILE whole, if it differs; PUT says whether it did
  (umask 022 && mkdir -p "${2%/*}")
  new=$(mktemp "${2%/*}/.new.XXXXXX")
  cat >"$new"
  chmod "$1" "$new"
  PUT=same
  if [ -f "$2" ] && cmp -s "$new" "$2" && [ "$(stat -c %a "$2")" = "${1#0}" ]; then
    rm -f "$new"
  else
    sync "$new"
    mv -f "$new" "$2"
    PUT=changed CHANGED=yes
  fi
}

place() { # MODE PATH: puts the payload of that path there
  payload "$2" >"$WT_TMP/payload"
  put "$1" "$ROOT$2" <"$WT_TMP/payload"
}

keep() { # PATH: saves what is there before this deployment first replaces it; a run cut short leaves it to the next
  [ ! -e "$BACKUP$1" ] && [ ! -e "$BACKUP$1.absent" ] || return 0
  mkdir -p "$BACKUP${1%/*}"
  if [ -f "$ROOT$1" ]; then
    cp -p "$ROOT$1" "$BACKUP$1.saving"
    sync "$BACKUP$1.saving"
    mv "$BACKUP$1.saving" "$BACKUP$1"
  else
    : >"$BACKUP$1.absent"
  fi
}

configure() { # PATH UNIT: FILE $WT_TMP/new becomes PATH, which UNIT has to be restarted for
  if [ -f "$ROOT$1" ] && cmp -s "$WT_TMP/new" "$ROOT$1"; then return 0; fi
  keep "$1"
  mkdir -p "$RESTART"
  : >"$RESTART/$2" # before the write, so that a power cut can't lose the restart
  put 0644 "$ROOT$1" <"$WT_TMP/new"
  MESSAGE="${MESSAGE:+$MESSAGE, }${1##*/}"
}

bring_up() { # UNIT: starts it if it isn't running, restarts it if its configuration is new
  systemctl enable --quiet "$1.service"
  if [ ! -e "$RESTART/$1" ] && systemctl is-active --quiet "$1.service"; then return 0; fi
  CHANGED=yes MESSAGE="${MESSAGE:+$MESSAGE, }restarted $1"
  systemctl restart "$1.service"
}

# --- steps -----------------------------------------------------------------------------------------------------------

device_files() { # our programs and units; the first thing, as all else stands on them
  part=$(mktemp)
  printf '%s\n' "$DEVICE_FILES" | while read -r mode name; do
    case $name in
      systemd/*) target=$ROOT/etc/systemd/system/${name#systemd/} ;;
      *) target=$ROOT/usr/lib/wisptools/$name ;;
    esac
    payload "device/$name" >"$part"
    put "$mode" "$target" <"$part"
    [ "$PUT" = same ] || echo changed
  done
  rm -f "$part"
}

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
    apt_get update
    apt_get install --no-install-recommends $missing
    MESSAGE="installed $missing"
  }
  CHANGED=yes
}

base_packages() {
  # shellcheck disable=SC2086
  install_packages $BASE_PACKAGES
}

core_source() {
  if [ "$CORE_KEYED" = yes ]; then place 0644 /etc/apt/keyrings/wisptools-open5gs.asc; fi
  place 0644 /etc/apt/sources.list.d/wisptools-open5gs.sources
}

core_packages() { # the index first, by itself: a plain update is content with an index that fails its check (Error-Mode)
  # shellcheck disable=SC2086
  if [ -n "$(missing_of $PACKAGES)" ]; then
    apt_get -o Dir::Etc::SourceList="$ROOT/etc/apt/sources.list.d/wisptools-open5gs.sources" -o Dir::Etc::SourceParts=/dev/null \
      -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any update || fail "the Open5GS source does not answer, or is not signed by its key"
  fi
  # shellcheck disable=SC2086
  install_packages $PACKAGES
}

configuration() {
  S1=$(wt_s1_address "$S1_FIXED")
  EXTENSIONS=$(wt_extensions)
  HSS=$(wt_peer_address mme "$HSS_HOST")
  PCRF=$(wt_peer_address smf "$PCRF_HOST")
  waiting=''
  if [ "$DIAMETER_TLS" = yes ] && ! "$ROOT/usr/lib/wisptools/wisptools-certificate" --for "$MME_IDENTITY" "$SMF_IDENTITY"; then waiting=waiting; fi
  printf '%s\n' "$CONFIG_FILES" >"$WT_TMP/configs"
  while read -r service path; do
    case $service in smf) peer=$PCRF ;; *) peer=$HSS ;; esac
    { payload "$waiting$path" || payload "$path"; } |
      sed "s|@S1_ADDRESS@|$S1|g; s|@EXTENSIONS@|$EXTENSIONS|g; s|@PEER_ADDRESS@|$peer|g" >"$WT_TMP/new"
    configure "$path" "open5gs-${service}d"
  done <"$WT_TMP/configs"
  if [ -n "$waiting" ]; then
    NOTE='Diameter waits for its certificate: no subscriber can attach yet'
    MESSAGE="${MESSAGE:+$MESSAGE. }$NOTE"
  fi
}

network() { # tunnel, forwarding and NAT, now and after each boot
  for path in /etc/sysctl.d/60-wisptools.conf /etc/systemd/network/99-open5gs.network /etc/wisptools/network.conf; do
    payload "$path" >"$WT_TMP/new"
    configure "$path" wisptools-network
  done
  systemctl daemon-reload
  sysctl -q -p "$ROOT/etc/sysctl.d/60-wisptools.conf"
  bring_up wisptools-network
}

agent() {
  if [ "$ALLOW_SHELL_WANTED" != "$(sed -n 's/^ALLOW_SHELL=//p' "$WT_CONF")" ]; then
    { grep -v '^ALLOW_SHELL=' "$WT_CONF" && echo "ALLOW_SHELL=$ALLOW_SHELL_WANTED"; } >"$WT_TMP/conf"
    put 0644 "$WT_CONF" <"$WT_TMP/conf"
  fi
  if [ "$("$ROOT/usr/lib/wisptools/wisptools-setup")" != unchanged ]; then CHANGED=yes; fi
}

monitoring() {
  payload /etc/snmp/snmpd.conf.d/wisptools.conf >"$WT_TMP/new"
  configure /etc/snmp/snmpd.conf.d/wisptools.conf snmpd
  bring_up snmpd
}

services() { # brings the daemons up and watches them stay up
  for service in $SERVICES; do bring_up "$service" || :; done
  if [ "$CHANGED" = yes ]; then wt_watch_daemons; fi
  if wt_end_unused_pcrf; then CHANGED=yes MESSAGE="${MESSAGE:+$MESSAGE, }stopped open5gs-pcrfd"; fi
  rm -rf "$RESTART" "$BACKUP"
}

online() { # what the person who sets the eNodeB up needs, on the console and after each boot
  S1=$(wt_s1_address "$S1_FIXED")
  {
    printf '\nEPC ONLINE  %s\n' "$EPC_SITE"
    printf '  MME   %s:36412 (S1AP, SCTP)\n' "$S1"
    printf '  PLMN  %s   TAC  %s\n%s\n' "$EPC_PLMN" "$EPC_TAC" "${NOTE:+  $NOTE
}"
  } >"$WT_TMP/banner"
  sed 's/\\/&&/g' "$WT_TMP/banner" >"$WT_TMP/issue" # a backslash is a command there
  put 0644 "$ROOT/etc/issue.d/wisptools.issue" <"$WT_TMP/issue"
  cat "$WT_TMP/banner"
  if [ -w "$ROOT/dev/console" ]; then cat "$WT_TMP/banner" >"$ROOT/dev/console" || :; fi
}

# --- the run ---------------------------------------------------------------------------------------------------------

step() { # NAME PERCENT FUNCTION: percent is where the run stands when it begins
  STEP=$1 PERCENT=$2 CHANGED=no MESSAGE=''
  wt_log "step $1"
  wt_progress "$1" running "$2" '' running "$SCRIPT_VERSION"
  "$3"
  outcome=unchanged
  [ "$CHANGED" = no ] || outcome=succeeded ANYTHING=yes
  wt_log "step $1: $outcome${MESSAGE:+ ($MESSAGE)}"
  wt_progress "$1" "$outcome" "$2" "$MESSAGE" running "$SCRIPT_VERSION"
}

fail() { # MESSAGE
  printf '%s\n' "$1" >"$WT_TMP/failure"
  exit 1
}

roll_back() { # puts the replaced configuration back, and restarts what it belongs to
  [ -d "$BACKUP" ] || return 0
  wt_log 'putting the previous configuration back'
  (cd "$BACKUP" && find . -type f ! -name '*.saving') | sed 's/^\.//' >"$WT_TMP/kept"
  while read -r path; do
    case $path in
      *.absent) rm -f "$ROOT${path%.absent}" ;;
      *)
        mode=0$(stat -c %a "$BACKUP$path")
        put "$mode" "$ROOT$path" <"$BACKUP$path"
        ;;
    esac
  done <"$WT_TMP/kept"
  for unit in wisptools-network snmpd $SERVICES; do
    [ ! -e "$RESTART/$unit" ] || systemctl restart "$unit.service" || :
  done
  rm -rf "$RESTART" "$BACKUP"
}

ended() { # STATUS
  if [ "$1" -gt 128 ]; then
    wt_log "step $STEP was interrupted; the next run goes on from there"
  elif [ "$1" -ne 0 ]; then
    set +e
    message=$(cat "$WT_TMP/failure" 2>/dev/null || echo "failed with status $1")
    wt_log "step $STEP failed: $message"
    roll_back
    wt_end_unused_pcrf
    wt_progress "$STEP" failed "$PERCENT" "$message" failed "$SCRIPT_VERSION"
  fi
  rm -rf "$WT_TMP"
}

main() {
  files_changed=$(device_files)
  # shellcheck source=lib.sh
  . "$ROOT/usr/lib/wisptools/lib.sh"
  # shellcheck source=hardware.sh
  . "$ROOT/usr/lib/wisptools/hardware.sh"
  # shellcheck source=surroundings.sh
  . "$ROOT/usr/lib/wisptools/surroundings.sh"
  # shellcheck source=daemons.sh
  . "$ROOT/usr/lib/wisptools/daemons.sh"
  # shellcheck disable=SC2034 # lib.sh logs under it
  WT_NAME=deployment
  STEP=start PERCENT=0 ANYTHING=no NOTE=''
  umask 022 # what is written here is for all to read; secrets are not ours
  wt_need cmp find flock getent stat systemctl dpkg dpkg-query apt-get
  wt_begin
  trap 'ended $?' EXIT
  wt_folders
  exec 8>>"$WT_VAR/deployment.lock" # apt holds it too, should it outlive a killed run
  flock -w 900 8 || fail 'another deployment is running'
  wt_configured
  [ -z "$files_changed" ] || ANYTHING=yes
  step packages 5 base_packages
  # Early, so that a deployment that fails further on can be asked for again, and goes on after a power cut.
  step agent 15 agent
  step source 20 core_source
  step open5gs 30 core_packages
  step configuration 60 configuration
  step network 70 network
  step monitoring 75 monitoring
  step services 80 services
  step online 98 online
  if [ "$ANYTHING" = yes ]; then outcome=succeeded; else outcome=unchanged; fi
  [ "$outcome" = succeeded ] || wt_log 'nothing had to be changed'
  wt_progress online "$outcome" 100 "$(tr -s '\n ' ' ' <"$WT_TMP/banner")" succeeded "$SCRIPT_VERSION"
}

main "$@"
