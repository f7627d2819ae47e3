#!/bin/sh
# The EPC's Diameter certificate: its key, the request for it, and what the cloud certified. Sourced after lib.sh.
# A key comes to be with its first certificate and stays; only the certificate changes, so that the two always fit.
# shellcheck disable=SC2154 # lib.sh sets some

WT_DIAMETER=$WT_ETC/diameter
WT_CERTIFICATE_RESTART=$WT_STATE/certificate-restart # from when on, Unix seconds, daemons that run with the one before are restarted
WT_CERTIFICATE_ASKED=$WT_STATE/certificate-asked     # a request is under way, or was never answered
WT_RESTART_BEFORE=604800                             # seconds before the end of a certificate that a daemon runs with

wt_key_of() { # KIND FILE: prints the public key of a certificate (x509), request (req) or private key (pkey)
  case $1 in
    pkey) openssl pkey -in "$2" -pubout 2>/dev/null ;;
    *) openssl "$1" -in "$2" -noout -pubkey 2>/dev/null ;;
  esac
}

wt_certificate_holds() { # SECONDS [IDENTITY...]: whether there is a certificate for our key, valid now and SECONDS from now, for each IDENTITY
  for wt_file in epc.key epc.crt ca.crt peer-ca.crt; do
    [ -s "$WT_DIAMETER/$wt_file" ] || return 1
  done
  wt_public=$(wt_key_of pkey "$WT_DIAMETER/epc.key") || return 1
  [ "$wt_public" = "$(wt_key_of x509 "$WT_DIAMETER/epc.crt")" ] || return 1
  openssl verify -no-CApath -no-CAstore -CAfile "$WT_DIAMETER/ca.crt" "$WT_DIAMETER/epc.crt" >/dev/null 2>&1 || return 1
  openssl x509 -in "$WT_DIAMETER/epc.crt" -noout -checkend "$1" >/dev/null || return 1
  shift
  for wt_identity; do
    openssl x509 -in "$WT_DIAMETER/epc.crt" -noout -checkhost "$wt_identity" | grep -q ' does match certificate$' || return 1
  done
}

wt_certificate_request() { # own | fresh: a request for our key or, if there is none, as for fresh, a new one, in WT_TMP/diameter.csr
  if [ "$1" = fresh ] || ! wt_key_of pkey "$WT_DIAMETER/epc.key" >/dev/null; then
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 >"$WT_TMP/diameter.key" 2>/dev/null || return 1
  else
    cp "$WT_DIAMETER/epc.key" "$WT_TMP/diameter.key"
  fi
  openssl req -new -key "$WT_TMP/diameter.key" -subj /CN=epc >"$WT_TMP/diameter.csr" 2>/dev/null
}

# wt_keep_certificate FILE: {certificate_pem, ca_pem} as the cloud sent them, for the key of the last request. ca_pem is the authority
# of our certificate and then that of our peers; a file for each, as freeDiameter takes a file of several for a chain.
wt_keep_certificate() {
  jq -r '.certificate_pem // ""' "$1" >"$WT_TMP/epc.crt" || return 1
  rm -f "$WT_TMP"/ca.[0-9]*
  jq -r '.ca_pem // ""' "$1" | awk -v file="$WT_TMP/ca." '/^-----BEGIN CERTIFICATE-----$/ { n++ } n { print >(file n) }'
  [ -s "$WT_TMP/ca.2" ] && [ ! -e "$WT_TMP/ca.3" ] && openssl x509 -in "$WT_TMP/ca.2" -noout 2>/dev/null || return 1
  [ "$(wt_key_of x509 "$WT_TMP/epc.crt")" = "$(wt_key_of pkey "$WT_TMP/diameter.key")" ] || return 1
  openssl verify -no_check_time -no-CApath -no-CAstore -CAfile "$WT_TMP/ca.1" "$WT_TMP/epc.crt" >/dev/null 2>&1 || return 1
  [ -d "$WT_DIAMETER" ] || mkdir -m 0755 "$WT_DIAMETER"
  wt_plan_restart
  if ! cmp -s "$WT_TMP/diameter.key" "$WT_DIAMETER/epc.key"; then
    rm -f "$WT_DIAMETER/epc.crt" # it is of no use with another key
    wt_store "$WT_DIAMETER/epc.key" 0600 <"$WT_TMP/diameter.key" || return 1
  fi
  wt_share_key
  wt_store "$WT_DIAMETER/ca.crt" 0644 <"$WT_TMP/ca.1" && wt_store "$WT_DIAMETER/peer-ca.crt" 0644 <"$WT_TMP/ca.2" &&
    wt_store "$WT_DIAMETER/epc.crt" 0644 <"$WT_TMP/epc.crt" || return 1
  rm -f "$WT_CERTIFICATE_ASKED"
  wt_log "Diameter certificate until $(openssl x509 -in "$WT_DIAMETER/epc.crt" -noout -enddate | sed 's/^notAfter=//')"
}

# Daemons read their certificate at their start only. The cloud lets the one before in as well, until it ends; but not if an
# unanswered request had it certify another one in between.
wt_plan_restart() {
  [ -s "$WT_DIAMETER/epc.crt" ] || return 0
  wt_due=0
  if [ ! -e "$WT_CERTIFICATE_ASKED" ]; then
    wt_end=$(openssl x509 -in "$WT_DIAMETER/epc.crt" -noout -enddate 2>/dev/null | sed 's/^notAfter=//')
    wt_due=$(date -u -d "${wt_end:-@0}" +%s 2>/dev/null) || wt_due=0
    [ "$wt_due" -le "$WT_RESTART_BEFORE" ] || wt_due=$((wt_due - WT_RESTART_BEFORE))
  fi
  # One that is waiting already, for a certificate older still, is not put off.
  if [ -e "$WT_CERTIFICATE_RESTART" ] && [ "$(wt_number "$WT_CERTIFICATE_RESTART")" -lt "$wt_due" ]; then return 0; fi
  printf '%s\n' "$wt_due" | wt_store "$WT_CERTIFICATE_RESTART" 0644
}

wt_share_key() { # Open5GS's daemons read the key as their own user, once their packages have made it
  getent group open5gs >/dev/null 2>&1 || return 0
  if ! chgrp open5gs "$WT_DIAMETER/epc.key" || ! chmod 0640 "$WT_DIAMETER/epc.key"; then
    wt_log "cannot give open5gs the key of the Diameter certificate"
  fi
}
