#!/bin/sh
# JSON for a router that has neither jq nor jsonfilter for sure. Sourced by ionmesh-wisptools.sh, never run.

quoted() { # TEXT: as a JSON string, or one of curl's configuration; control characters become spaces
  printf '"%s"' "$(printf '%s' "$1" | tr '\001-\037\177' ' ' | sed 's/[\\"]/\\&/g')"
}

# FILE: each value of a JSON text as a line "path<TAB>value", e.g. commands.0.type<TAB>restart. Strings unescape \" \\ and \/ alone.
flattened() {
  awk '
    function value(path,   n, key, text) {
      sub(/^[ \t\r\n]+/, "", rest)
      if (sub(/^\{/, "", rest)) {
        while (!sub(/^[ \t\r\n]*\}/, "", rest)) {
          sub(/^[ \t\r\n]*,?[ \t\r\n]*/, "", rest)
          if (rest == "") exit 1
          key = string()
          if (!sub(/^[ \t\r\n]*:/, "", rest)) exit 1
          value(path == "" ? key : path "." key)
        }
      } else if (sub(/^\[/, "", rest)) {
        for (n = 0; !sub(/^[ \t\r\n]*\]/, "", rest); n++) {
          sub(/^[ \t\r\n]*,?[ \t\r\n]*/, "", rest)
          if (rest == "") exit 1
          value(path "." n)
        }
      } else if (rest ~ /^"/) {
        text = string()
        print path "\t" text
      } else if (match(rest, /^[-+.0-9a-zA-Z]+/)) {
        print path "\t" substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
      } else exit 1
    }
    function string(   text) {
      if (!match(rest, /^"([^"\\]|\\.)*"/)) exit 1
      text = substr(rest, 2, RLENGTH - 2)
      rest = substr(rest, RLENGTH + 1)
      gsub(/\\\\/, "\001", text) # first, as what follows one is not escaped by it; JSON text has no such octet
      gsub(/\\n|\\t|\\r/, " ", text)
      gsub(/\\"/, "\"", text)
      gsub(/\\\//, "/", text)
      gsub("\001", "\\", text)
      return text
    }
    { rest = rest $0 " " }
    END { value("") }
  ' "$1"
}
