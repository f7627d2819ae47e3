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
BASE_PACKAGES='ca-certificates curl openssl jq gpgv' # what fetching and telling take; the rest comes with wisptools-agent
if [ "$LOCAL_PCRF" = yes ]; then # before the SMF, which calls it
  SERVICES="open5gs-pcrfd $SERVICES" PACKAGES="$PACKAGES open5gs-pcrf"
fi
SETTLE_SECONDS=${WISPTOOLS_SETTLE_SECONDS:-5}

# --- files -----------------------------------------------------------------------------------------------------------

put() { # MODE FILE: standard input replaces FILE whole, if it differs
  (umask 022 && mkdir -p "${2%/*}")
  new=$(mktemp "${2%/*}/.new.XXXXXX")
  cat >"$new"
  chmod "$1" "$new"
  if [ -f "$2" ] && cmp -s "$new" "$2" && [ "$(stat -c %a "$2")" = "${1#0}" ]; then
    rm -f "$new"
  else
    sync "$new"
    mv -f "$new" "$2"
    CHANGED=yes
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

libraries() { # the functions that the steps stand on, as no package of ours may be there yet
  folder=$(mktemp -d)
  for name in lib.sh hardware.sh surroundings.sh daemons.sh packages.sh repository.sh; do payload "$name" >"$folder/$name"; done
  # shellcheck source=lib.sh
  . "$folder/lib.sh"
  # shellcheck source=hardware.sh
  . "$folder/hardware.sh"
  # shellcheck source=surroundings.sh
  . "$folder/surroundings.sh"
  # shellcheck source=daemons.sh
  . "$folder/daemons.sh"
  # shellcheck source=packages.sh
  . "$folder/packages.sh"
  # shellcheck source=repository.sh
  . "$folder/repository.sh"
  rm -rf "$folder"
}

base_packages() {
  # shellcheck disable=SC2086
  install_packages $BASE_PACKAGES
}

repository_source() { # the tenant's own repository: its keys, what apt proves itself with, where it is
  place 0644 /etc/apt/keyrings/wisptools.asc
  if wt_repository_access; then CHANGED=yes; fi
  payload /etc/apt/sources.list.d/wisptools.sources | sed "s|@ORIGIN@|$WISPTOOLS_URL|; s|^Signed-By: |&$ROOT|" >"$WT_TMP/new"
  put 0644 "$ROOT/etc/apt/sources.list.d/wisptools.sources" <"$WT_TMP/new"
}

repository() {
  repository_source
  agent_packages
}

agent_packages() { # whichever versions the channel has; once they are here, rollouts alone move them
  if [ -n "$(missing_of wisptools-agent wisptools-keyring)" ]; then
    read_index wisptools
    install_packages wisptools-agent wisptools-keyring
  fi
  uncover_units
}

uncover_units() { # deployments before there were packages put our units into /etc, where they hide the packages'
  [ ! -e "$WT_STATE/units-packaged" ] || return 0
  for unit in "$ROOT"/usr/lib/systemd/system/wisptools-*; do
    name=${unit##*/}
    old=$ROOT/etc/systemd/system/$name
    if [ ! -f "$old" ] || [ -L "$old" ]; then continue; fi
    for link in "$ROOT"/etc/systemd/system/*.wants/"$name"; do # first, so that a boot in between starts what it should
      [ -L "$link" ] || continue
      ln -sf "/usr/lib/systemd/system/$name" "$link.new"
      mv -fT "$link.new" "$link"
    done
    rm -f "$old"
    CHANGED=yes
  done
  : >"$WT_STATE/units-packaged"
}

core_source() {
  external=$ROOT/etc/apt/sources.list.d/wisptools-open5gs.sources
  if [ "$CORE_SOURCE" = wisptools ]; then
    if [ -e "$external" ]; then rm -f "$external" && CHANGED=yes; fi
    return 0
  fi
  if [ "$CORE_KEYED" = yes ]; then place 0644 /etc/apt/keyrings/wisptools-open5gs.asc; fi
  place 0644 /etc/apt/sources.list.d/wisptools-open5gs.sources
}

core_packages() {
  # shellcheck disable=SC2086
  if [ -n "$(missing_of $PACKAGES)" ]; then read_index "$CORE_SOURCE"; fi
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
  libraries
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
  step packages 5 base_packages
  # Early, so that a deployment that fails further on can be asked for again, and goes on after a power cut.
  step repository 10 repository
  step agent 18 agent
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
