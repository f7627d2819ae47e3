/** A tenant id from its name: "Hilltop Wireless, Inc." -> "tenant_hilltop_wireless_inc". */
export function suggestId(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40)
    .replace(/_+$/, "");
  return slug ? `tenant_${slug}` : "";
}

/** The realm of a network (3GPP TS 23.003 19.2): its MNC always with three digits. */
export function suggestRealm(mcc: string, mnc: string): string {
  if (!/^\d{3}$/.test(mcc) || !/^\d{2,3}$/.test(mnc)) return "";
  return `epc.mnc${mnc.padStart(3, "0")}.mcc${mcc}.3gppnetwork.org`;
}
