#!/bin/sh
# What this box is, as JSON for its registration (core/api/enrolment.ts: Registration). Sourced after lib.sh.

wt_dmi() { # FILE KEYWORD: prints a DMI field, from sysfs or else from dmidecode
  if [ -r "$WT_SYS/class/dmi/id/$1" ]; then
    cat "$WT_SYS/class/dmi/id/$1"
  elif [ -z "${WISPTOOLS_SYS:-}" ] && command -v dmidecode >/dev/null 2>&1; then
    dmidecode -s "$2" 2>/dev/null | grep -v '^#' | head -n 1 || :
  fi
}

wt_file() { # FILE: prints its first line, nothing when it cannot be read
  { head -n 1 "$1" | tr -d '\000'; } 2>/dev/null || :
}

wt_nics() { # one line an interface that stands for hardware: name, permanent MAC, speed
  for wt_nic in "$WT_SYS"/class/net/*; do
    # Virtual ones (bridges, tunnels, veth) have no device behind them; a container has nothing else than those.
    [ -e "$wt_nic/device" ] || continue
    wt_mac=$(wt_file "$wt_nic/address")
    # Set by someone (3) means the burnt-in one is hidden: ask the driver.
    if [ "$(wt_file "$wt_nic/addr_assign_type")" = 3 ] && command -v ethtool >/dev/null 2>&1; then
      wt_burnt=$(ethtool -P "${wt_nic##*/}" 2>/dev/null | sed -n 's/^Permanent address: //p') || wt_burnt=
      wt_mac=${wt_burnt:-$wt_mac}
    fi
    printf '%s\t%s\t%s\n' "${wt_nic##*/}" "$wt_mac" "$(wt_file "$wt_nic/speed")"
  done
}

wt_disks() { # one line a disk: name, size in 512-byte sectors, model
  for wt_disk in "$WT_SYS"/block/*; do
    [ -e "$wt_disk/device" ] || continue
    printf '%s\t%s\t%s\n' "${wt_disk##*/}" "$(wt_file "$wt_disk/size")" "$(wt_file "$wt_disk/device/model")"
  done
}

wt_dns_servers() {
  sed -n 's/^nameserver[[:space:]]\{1,\}\([0-9A-Fa-f.:]\{2,\}\).*/\1/p' "${WT_ROOT}/etc/resolv.conf" 2>/dev/null | head -n 4 | paste -sd, -
}

wt_network() { # JSON: the way to the internet
  wt_route=$(ip -j -4 route show default 2>/dev/null) || wt_route='[]'
  wt_interface=$(printf '%s' "${wt_route:-[]}" | jq -r '.[0].dev // ""')
  wt_address='[]'
  [ -z "$wt_interface" ] || wt_address=$(ip -j -4 addr show dev "$wt_interface" 2>/dev/null) || wt_address='[]'
  jq -n --argjson route "${wt_route:-[]}" --argjson address "${wt_address:-[]}" --arg dns "$(wt_dns_servers || :)" '
    ([$address[]?.addr_info[]? | select(.family == "inet" and .scope == "global")][0]) as $own |
    {primary_ip: ($route[0].prefsrc // $own.local), gateway: $route[0].gateway, interface: $route[0].dev,
     netmask: ($own.prefixlen // "" | tostring), dns_servers: $dns}'
}

wt_os() { # prints PRETTY_NAME, which os-release quotes
  PRETTY_NAME=
  wt_load "$WT_ROOT/etc/os-release" PRETTY_NAME || wt_load /etc/os-release PRETTY_NAME || :
  PRETTY_NAME=${PRETTY_NAME#\"}
  printf '%s\n' "${PRETTY_NAME%\"}"
}

wt_boot_time() {
  wt_boot=$(sed -n 's/^btime //p' "$WT_PROC/stat")
  date -u -d "@${wt_boot:-0}" +%Y-%m-%dT%H:%M:%SZ
}

# wt_hardware FILE: the registration of this box without tenant and token. jq makes the JSON, so that no name can break it,
# and cuts each value to what the contract allows.
wt_hardware() {
  wt_cpu=$(sed -n 's/^model name[[:space:]]*: //p' "$WT_PROC/cpuinfo" | head -n 1)
  jq -n \
    --arg uuid "$(wt_dmi product_uuid system-uuid)" --arg serial "$(wt_dmi product_serial system-serial-number)" \
    --arg vendor "$(wt_dmi sys_vendor system-manufacturer)" --arg product "$(wt_dmi product_name system-product-name)" \
    --arg bios "$(wt_dmi bios_version bios-version)" --arg hostname "$(uname -n)" --arg kernel "$(uname -r)" \
    --arg os "$(wt_os)" --arg cpu "$wt_cpu" --arg cores "$(grep -c '^processor' "$WT_PROC/cpuinfo" || :)" \
    --arg memory "$(awk '/^MemTotal:/ { print int($2 / 1024) }' "$WT_PROC/meminfo")" \
    --arg nics "$(wt_nics)" --arg disks "$(wt_disks)" --arg boot "$(wt_boot_time)" --argjson network "$(wt_network)" '
    def words($n): if . == null then "" else gsub("[\u0000-\u001f\u007f]"; " ") | sub("^ +"; "") | sub(" +$"; "") | .[0:$n] end;
    def number: if test("^[0-9]+$") then tonumber else null end;
    def rows: split("\n") | map(select(. != "") | split("\t"));
    ($nics | rows | map({name: (.[0] | words(32)), mac: (.[1] | words(64)), speed_mbps: (.[2] // "" | number)})) as $nics |
    {
      hardware_id: ($uuid | words(128)), serial_number: ($serial | words(128)),
      mac_address: ([$nics[].mac | select(. != "" and . != "00:00:00:00:00:00")] | sort | .[0] // ""),
      system_info: {manufacturer: ($vendor | words(128)), product: ($product | words(128)), hostname: ($hostname | words(253))},
      network: ($network | {primary_ip: (.primary_ip | words(64)), gateway: (.gateway | words(64)),
        interface: (.interface | words(32)), netmask: (.netmask | words(64)), dns_servers: (.dns_servers | words(256))}),
      os_info: {os_version: ($os | words(128)), kernel_version: ($kernel | words(128))},
      hardware: {
        cpu_model: ($cpu | words(128)), cpu_cores: ($cores | number), memory_mb: ($memory | number), bios: ($bios | words(128)),
        nics: $nics[0:64],
        disks: ($disks | rows | map({name: (.[0] | words(64)), size_gb: (.[1] // "" | number | if . == null then null else . * 512 / 1e9 | round end),
          model: (.[2] | words(128))}))[0:64]
      },
      boot_time: $boot, auto_provision: true
    }' >"$1"
}
