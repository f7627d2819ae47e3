import type { Plmn } from "@wisptools/core";

/** The octets of Visited-PLMN-Id (TS 29.272 7.3.9, TS 24.008 10.5.1.13): MNC of two digits has the filler F. */
export function plmnOctets({ mcc, mnc }: Plmn): Buffer {
  if (!/^\d{3}$/.test(mcc) || !/^\d{2,3}$/.test(mnc)) throw new RangeError(`no PLMN: ${mcc}/${mnc}`);
  const [a, b, c] = [...mcc].map(Number) as [number, number, number];
  const [d, e, f = 0xf] = [...mnc].map(Number) as [number, number, number?];
  return Buffer.from([(b << 4) | a, (f << 4) | c, (e << 4) | d]);
}

/** The digits of TBCD octets (TS 29.002 17.7.8 TBCD-STRING). */
export function tbcdDigits(octets: Uint8Array): string {
  const nibbles = [...octets].flatMap((octet) => [octet & 15, octet >> 4]);
  return nibbles.map((nibble) => (nibble < 10 ? String(nibble) : "")).join("");
}
