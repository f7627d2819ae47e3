/** The digits of TBCD octets (TS 29.002 17.7.8 TBCD-STRING). */
export function tbcdDigits(octets: Uint8Array): string {
  const nibbles = [...octets].flatMap((octet) => [octet & 15, octet >> 4]);
  return nibbles.map((nibble) => (nibble < 10 ? String(nibble) : "")).join("");
}
