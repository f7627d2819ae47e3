import type { Plmn } from "@wisptools/core";

const FILLER = 0xf;

/** The 3 octets of a network (TS 29.272 7.3.9, TS 24.008 10.5.1.13); an MNC of two digits has a filler. @throws RangeError if these are no digits. */
export function plmnOctets({ mcc, mnc }: Plmn): Buffer {
  if (!/^\d{3}$/.test(mcc) || !/^\d{2,3}$/.test(mnc)) throw new RangeError(`no PLMN: ${mcc}/${mnc}`);
  const [a, b, c] = [...mcc].map(Number) as [number, number, number];
  const [d, e, f = FILLER] = [...mnc].map(Number) as [number, number, number?];
  return Buffer.from([(b << 4) | a, (f << 4) | c, (e << 4) | d]);
}

/** @returns the network that 3 octets name, or undefined if there are not 3, or a nibble is no digit. */
export function plmnOf(bytes: Uint8Array): Plmn | undefined {
  if (bytes.length !== 3) return undefined;
  const [a, b, c] = bytes as unknown as [number, number, number];
  const digits = [a & 15, a >> 4, b & 15, c & 15, c >> 4];
  const third = b >> 4;
  if (digits.some((digit) => digit > 9) || (third > 9 && third !== FILLER)) return undefined;
  const mnc = `${digits[3]}${digits[4]}${third === FILLER ? "" : third}`;
  return { mcc: `${digits[0]}${digits[1]}${digits[2]}`, mnc };
}
