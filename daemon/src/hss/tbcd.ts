const FILLER = 0xf;

/** Digits as a TBCD-STRING (TS 29.002): two per octet, the first in the low nibble, filled with 1111. */
export function tbcd(digits: string): Buffer {
  const bytes = Buffer.alloc(Math.ceil(digits.length / 2));
  for (let n = 0; n < bytes.length; n++) {
    const low = Number(digits[2 * n]);
    const high = 2 * n + 1 < digits.length ? Number(digits[2 * n + 1]) : FILLER;
    bytes[n] = (high << 4) | low;
  }
  return bytes;
}
