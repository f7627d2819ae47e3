#!/bin/sh
# Stands in for systemctl where no systemd runs: starts and stops what unit files of services say, for real, as their user.
# Knows what our programs ask of it. State: /run/stand-in/UNIT.pid or UNIT.up.
set -eu
exec 8>&- # a daemon holds no lock of whoever starts it
umask 022
STATE=/run/stand-in
mkdir -p "$STATE"

unit_file() {
  for folder in /etc/systemd/system /lib/systemd/system; do
    if [ -e "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done
  return 1
}

setting() { # FILE KEY
  sed -n "s/^$2=//p" "$1" | tail -n 1
}

alive() { # PID: whoever asks, and whosever process it is; one that only waits to be buried is dead
  grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status" 2>/dev/null
}

active() {
  [ ! -e "$STATE/$1.up" ] || return 0
  [ -s "$STATE/$1.pid" ] && alive "$(cat "$STATE/$1.pid")"
}

watch() { # FILE: what a path unit does, once a second
  service=$(unit_file "$(setting "$1" Unit)")
  while sleep 1; do
    for found in $(setting "$1" PathExistsGlob); do
      [ ! -e "$found" ] || sh -c "$(setting "$service" ExecStart)" >>"/var/log/${service##*/}.log" 2>&1 || :
      break
    done
  done
}

start() {
  file=$(unit_file "$1") || {
    echo "Unit $1 not found." >&2
    return 5
  }
  echo "start $1" >>"$STATE/log"
  case $1 in
    *.path)
      # By exec, as a redirected function would keep our caller's pipe open.
      (exec >/dev/null 2>&1 </dev/null && watch "$file") &
      echo $! >"$STATE/$1.pid"
      return
      ;;
  esac
  case $1 in
    *.timer) # no timer goes off here
      : >"$STATE/$1.up"
      return
      ;;
  esac
  command=$(setting "$file" ExecStart)
  user=$(setting "$file" User)
  if [ "$(setting "$file" Type)" = oneshot ]; then
    sh -c "$command" >>"/var/log/$1.log" 2>&1 || return 1
    : >"$STATE/$1.up"
    return
  fi
  if [ -n "$user" ]; then command="setpriv --reuid=$user --regid=$user --init-groups $command"; fi
  setsid sh -c "exec $command" >>"/var/log/$1.log" 2>&1 </dev/null &
  echo $! >"$STATE/$1.pid"
}

stop() {
  if [ -s "$STATE/$1.pid" ]; then
    pid=$(cat "$STATE/$1.pid")
    kill "$pid" 2>/dev/null || :
    tries=0
    while [ "$tries" -lt 50 ] && alive "$pid"; do
      tries=$((tries + 1))
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || :
  fi
  rm -f "$STATE/$1.pid" "$STATE/$1.up"
}

enable_unit() {
  mkdir -p /etc/systemd/system/multi-user.target.wants
  file=$(unit_file "$1")
  [ -L "/etc/systemd/system/multi-user.target.wants/$1" ] || ln -s "$file" "/etc/systemd/system/multi-user.target.wants/$1"
}

show() {
  load=not-found enabled=disabled state=inactive sub=dead
  if [ -L "/etc/systemd/system/multi-user.target.wants/$1" ]; then enabled=enabled; fi
  if unit_file "$1" >/dev/null; then load=loaded; fi
  if active "$1"; then state=active sub=running; fi
  printf 'Id=%s\nLoadState=%s\nUnitFileState=%s\nActiveState=%s\nSubState=%s\nNRestarts=0\n\n' "$1" "$load" "$enabled" "$state" "$sub"
}

main() {
  verb='' now=no units=''
  while [ $# -gt 0 ]; do
    case $1 in
      --now) now=yes ;;
      -p) shift ;;
      -*) ;;
      *) if [ -z "$verb" ]; then verb=$1; else units="$units $1"; fi ;;
    esac
    shift
  done
  for unit in $units; do
    case $unit in *.*) ;; *) unit=$unit.service ;; esac
    case $verb in
      start) active "$unit" || start "$unit" ;;
      restart)
        stop "$unit"
        start "$unit"
        ;;
      stop) stop "$unit" ;;
      is-failed) return 1 ;;
      is-active) active "$unit" || return 3 ;;
      is-enabled) [ -L "/etc/systemd/system/multi-user.target.wants/$unit" ] || return 1 ;;
      enable)
        enable_unit "$unit"
        if [ "$now" = yes ] && ! active "$unit"; then start "$unit"; fi
        ;;
      disable)
        rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
        if [ "$now" = yes ]; then stop "$unit"; fi
        ;;
      show) show "$unit" ;;
    esac
  done
}

main "$@"
