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

keep() { # PATH: saves what is there before this deployment first replaces it
  [ ! -e "$BACKUP/$1" ] && [ ! -e "$BACKUP/$1.absent" ] || return 0
  mkdir -p "$BACKUP/${1%/*}"
  if [ -f "$ROOT$1" ]; then
    cp -p "$ROOT$1" "$BACKUP/$1.saving"
    sync "$BACKUP/$1.saving"
    mv "$BACKUP/$1.saving" "$BACKUP/$1"
  else
    : >"$BACKUP/$1.absent"
  fi
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
  if [ "$CHANGED" = yes ]; then apt_get update; fi
}

core_packages() {
  # shellcheck disable=SC2086
  install_packages $PACKAGES
}

primary_address() { # the address that this box reaches the world from
  wt_network | jq -r '.primary_ip // ""'
}

s1_address() {
  address=${S1_FIXED:-$(primary_address)}
  case $address in
    '' | *[!0-9.]*) fail 'this box has no IPv4 address yet; set the S1AP address in its settings' ;;
  esac
  printf '%s' "$address"
}

configuration() {
  S1=$(s1_address)
  diameter_certificate
  mkdir -p "$RESTART"
  printf '%s\n' "$CONFIG_FILES" >"$WT_TMP/configs"
  while read -r service path; do
    payload "$path" | sed "s/$S1_MARK/$S1/g" >"$WT_TMP/rendered"
    if [ -f "$ROOT$path" ] && cmp -s "$WT_TMP/rendered" "$ROOT$path"; then continue; fi
    keep "$path"
    : >"$RESTART/open5gs-${service}d" # before the write, so that a power cut can't lose the restart
    put 0644 "$ROOT$path" <"$WT_TMP/rendered"
    MESSAGE="${MESSAGE:+$MESSAGE, }${path##*/}"
  done <"$WT_TMP/configs"
}

diameter_certificate() { # until the cloud issued this EPC's own, Open5GS's packaged one lets the daemons start; no HSS takes it
  folder=$ROOT/etc/wisptools/diameter
  (umask 022 && mkdir -p "$folder")
  for file in epc.crt:mme.crt epc.key:mme.key ca.crt:ca.crt; do
    [ -e "$folder/${file%:*}" ] || [ -L "$folder/${file%:*}" ] || ln -s "/etc/open5gs/tls/${file#*:}" "$folder/${file%:*}"
  done
}

network() { # tunnel, forwarding and NAT, now and after each boot
  place 0644 /etc/wisptools/network.conf
  place 0644 /etc/sysctl.d/60-wisptools.conf
  if [ "$CHANGED" = no ] && systemctl is-active --quiet wisptools-network.service; then return 0; fi
  sysctl -q -p "$ROOT/etc/sysctl.d/60-wisptools.conf"
  systemctl daemon-reload
  systemctl enable --quiet wisptools-network.service
  systemctl restart wisptools-network.service
  CHANGED=yes
}

agent() {
  if [ "$ALLOW_SHELL_WANTED" != "$(sed -n 's/^ALLOW_SHELL=//p' "$WT_CONF")" ]; then
    { grep -v '^ALLOW_SHELL=' "$WT_CONF" && echo "ALLOW_SHELL=$ALLOW_SHELL_WANTED"; } >"$WT_TMP/conf"
    put 0644 "$WT_CONF" <"$WT_TMP/conf"
  fi
  if [ "$("$ROOT/usr/lib/wisptools/wisptools-setup")" != unchanged ]; then CHANGED=yes; fi
}

monitoring() {
  place 0644 /etc/snmp/snmpd.conf.d/wisptools.conf
  if [ "$CHANGED" = no ] && systemctl is-active --quiet snmpd.service; then return 0; fi
  systemctl enable --quiet snmpd.service
  systemctl restart snmpd.service
  CHANGED=yes
}

services() { # starts what is not running, restarts what has a new configuration, and watches them stay up
  for service in $SERVICES; do
    systemctl enable --quiet "$service.service"
    if [ -e "$RESTART/$service" ] || ! systemctl is-active --quiet "$service.service"; then
      CHANGED=yes MESSAGE="${MESSAGE:+$MESSAGE, }restarted $service"
      systemctl restart "$service.service" || :
    fi
  done
  [ "$CHANGED" = yes ] || return 0
  waited=0
  while [ "$waited" -lt "$SETTLE_SECONDS" ]; do
    sleep 1
    waited=$((waited + 1))
  done
  for service in $SERVICES; do
    systemctl is-active --quiet "$service.service" || down="${down:+$down, }$service"
  done
  [ -z "${down:-}" ] || fail "did not stay up: $down"
  rm -rf "$RESTART" "$BACKUP"
}

online() { # what the person who sets the eNodeB up needs, on the console and after each boot
  S1=$(s1_address)
  {
    printf '\nEPC ONLINE  %s\n' "$EPC_SITE"
    printf '  MME   %s:36412 (S1AP, SCTP)\n' "$S1"
    printf '  PLMN  %s   TAC  %s\n\n' "$EPC_PLMN" "$EPC_TAC"
  } >"$WT_TMP/banner"
  put 0644 "$ROOT/etc/issue.d/wisptools.issue" <"$WT_TMP/banner"
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

roll_back() { # puts the replaced configuration back and restarts what it belongs to
  [ "$STEP" = services ] && [ -d "$BACKUP" ] || return 0
  wt_log 'putting the previous configuration back'
  printf '%s\n' "$CONFIG_FILES" | while read -r service path; do
    if [ -e "$BACKUP/$path.absent" ]; then rm -f "$ROOT$path"; fi
    if [ -e "$BACKUP/$path" ]; then put 0644 "$ROOT$path" <"$BACKUP/$path"; fi
  done
  for service in $SERVICES; do systemctl restart "$service.service" || :; done
  rm -rf "$RESTART" "$BACKUP"
}

ended() { # STATUS
  if [ "$1" -ne 0 ]; then
    set +e
    message=$(cat "$WT_TMP/failure" 2>/dev/null || echo "failed with status $1")
    wt_log "step $STEP failed: $message"
    roll_back
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
  # shellcheck disable=SC2034 # lib.sh logs under it
  WT_NAME=deployment
  STEP=start PERCENT=0 ANYTHING=no
  wt_need cmp stat systemctl dpkg dpkg-query apt-get
  wt_begin
  trap 'ended $?' EXIT
  wt_folders
  wt_configured
  [ -z "$files_changed" ] || ANYTHING=yes
  step packages 5 base_packages
  step source 20 core_source
  step open5gs 30 core_packages
  step configuration 60 configuration
  step network 70 network
  step services 75 services
  step monitoring 90 monitoring
  step agent 95 agent
  step online 98 online
  if [ "$ANYTHING" = yes ]; then outcome=succeeded; else outcome=unchanged; fi
  [ "$outcome" = succeeded ] || wt_log 'nothing had to be changed'
  wt_progress online "$outcome" 100 "$(tr -s '\n ' ' ' <"$WT_TMP/banner")" succeeded "$SCRIPT_VERSION"
}

main "$@"
