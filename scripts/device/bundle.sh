#!/bin/sh
# Build time: prints enrol.sh, one self-contained script that Hosting serves and that makes any box an EPC:
#   curl -fsSL URL/enrol.sh -o enrol.sh && sudo sh enrol.sh --url URL --tenant TENANT --token-file FILE
# It carries the programs that enrolling takes, writes them below /usr/lib/wisptools and runs wisptools-register.
set -eu
umask 022
export LC_ALL=C

FILES="lib.sh hardware.sh diameter.sh repository.sh wisptools-register wisptools-deploy"

head_of_script() {
  cat <<'PART'
#!/bin/sh
# Makes this box an EPC of its wisptools tenant: sh enrol.sh --url URL --tenant TENANT [--token-file FILE]
# Made by scripts/device/bundle.sh. All happens in main, on the last line: half a download does nothing.
set -eu
umask 022
export LC_ALL=C

PART
}

carried() { # one function a file, its text in a here-document that expands nothing
  for file in $FILES; do
    name=$(printf '%s' "$file" | tr -c '[:lower:]' _)
    end="END_OF_$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')"
    if grep -qx "$end" "$file"; then
      echo "bundle: $file contains the line $end" >&2
      exit 1
    fi
    printf 'file_%s() {\n  cat <<'\''%s'\''\n' "$name" "$end"
    cat "$file"
    printf '%s\n}\n\n' "$end"
    installed="${installed:-}  put $file file_$name
"
  done
}

tail_of_script() {
  cat <<PART
put() { # NAME FUNCTION: whole or not at all
  "\$2" >"\$folder/.new.\$1"
  chmod 0755 "\$folder/.new.\$1"
  mv -f "\$folder/.new.\$1" "\$folder/\$1"
}

need() { # PROGRAM PACKAGE: a bare system may lack some
  command -v "\$1" >/dev/null 2>&1 || missing="\${missing:-} \$2"
}

programs() {
  missing=
  need curl curl; need jq jq; need openssl openssl; need gpgv gpgv; need ip iproute2; need flock util-linux; need awk mawk
  [ -n "\$missing" ] || return 0
  if [ "\$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "enrol: please install:\$missing" >&2
    exit 3
  fi
  echo "enrol: installing\$missing" >&2
  apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 </dev/null
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends ca-certificates \$missing >&2 </dev/null
}

main() {
  programs
  folder=\${WISPTOOLS_ROOT:-}/usr/lib/wisptools
  mkdir -p "\$folder"
$installed  exec "\$folder/wisptools-register" "\$@"
}

main "\$@"
PART
}

main() {
  cd "$(dirname "$0")"
  head_of_script
  carried
  tail_of_script
}

main "$@"
