#!/bin/sh
# The tenant's package repository, as apt on this box proves itself to it. Sourced after lib.sh.

# wt_repository_access: what apt logs in with follows from the credentials, so that nobody has to send it: apt_auth.conf(5). True when
# it is another than before. Takes WISPTOOLS_URL and TENANT_ID. apt reads the file as root, before it becomes _apt.
wt_repository_access() {
  wt_credentials || return 1
  wt_login=$(printf '%s' "$API_KEY" | sha256sum)
  wt_password=$(printf 'wisptools apt' | wt_hmac "$SECRET_KEY")
  # Without a scheme the line is for https alone.
  printf 'machine %s/apt/%s/ login %s password %s\n' "${WISPTOOLS_URL#https://}" "$TENANT_ID" "${wt_login%% *}" "$wt_password" >"$WT_TMP/access"
  wt_access=$WT_ROOT/etc/apt/auth.conf.d/wisptools.conf
  if cmp -s "$WT_TMP/access" "$wt_access"; then return 1; fi
  # shellcheck disable=SC2174 # apt has made the outer ones
  mkdir -p -m 0755 "${wt_access%/*}"
  wt_store "$wt_access" 0600 <"$WT_TMP/access"
}
