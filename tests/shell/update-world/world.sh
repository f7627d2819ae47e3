# shellcheck shell=sh
# What the stand-ins of update.bats share: a box's packages and units as files below WORLD. Sourced by each of them.
#   db/NAME        the installed version; db/NAME.half: it is half installed
#   repo/NAME_VERSION.deb
#   drags          NAME VERSION lines: what apt installs along
#   active/UNIT    it runs
#   bad/UNIT       NAME VERSION: with that version installed the unit does not start
#   fail/WHAT      makes WHAT fail, with these words
#   log            what was called
#   kill-at        the call at which the power goes; count: calls so far

power() { # a call that may be the last
  calls=$(($(cat "$WORLD/count") + 1))
  echo "$calls" >"$WORLD/count"
  if [ "$calls" -eq "$(cat "$WORLD/kill-at")" ]; then
    echo "$calls: before ${0##*/} $*" >>"$WORLD/killed"
    exec pkill -9 -s "$(cat "$WORLD/session")"
  fi
}

fails() { # WHAT
  [ -e "$WORLD/fail/$1" ] || return 1
  cat "$WORLD/fail/$1"
}

deb_field() { # FILE FIELD
  sed -n "s/^$2: //p" "$1"
}

put_deb() { # FILE
  deb_field "$1" Version >"$WORLD/db/$(deb_field "$1" Package)"
  rm -f "$WORLD/db/$(deb_field "$1" Package).half"
}
