# shellcheck shell=sh
# What the stand-ins of updateWorld.bash share: a box's packages and units as files below WORLD. Sourced by each of them.
#   db/NAME        the installed version; db/NAME.half: it is half installed
#   repo/NAME_VERSION.deb
#   drags          NAME VERSION lines: what apt installs along
#   active/UNIT    it runs
#   bad/UNIT       NAME VERSION: with that version installed the unit does not start
#   fail/WHAT      makes WHAT fail, with these words
#   log            what was called
#   count          calls so far

power() { # a call at which the power may go: what is on the disk at that moment is kept below CUTS, if that is there
  read -r calls <"$WORLD/count"
  calls=$((calls + 1))
  echo "$calls" >"$WORLD/count"
  [ -d "$CUTS" ] || return 0
  mkdir -p "$CUTS/$calls/far"
  cp -a "$WISPTOOLS_ROOT" "$WISPTOOLS_PROC" "$WORLD" "$CUTS/$calls"
  cp "$WORLD/../far/requests.ndjson" "$CUTS/$calls/far"
  echo "before ${0##*/} $*" >"$CUTS/$calls/call"
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
