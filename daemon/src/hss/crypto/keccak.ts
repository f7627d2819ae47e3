const ROUNDS = 24;

// FIPS 202 3.2.2 and 3.2.3: rho and pi as one chain of moves. Lane 1 goes to lane PI[0] turned by RHO[0], what was there
// to PI[1] turned by RHO[1], and so on through all lanes but lane 0.
const PI: number[] = [];
const RHO: number[] = [];
for (let t = 0, x = 1, y = 0; t < 24; t++) {
  [x, y] = [y, (2 * x + 3 * y) % 5];
  PI.push(2 * (x + 5 * y));
  RHO.push((((t + 1) * (t + 2)) / 2) % 64);
}

/** FIPS 202 3.2.5: the round constants as pairs (low, high), from the LFSR x^8 + x^6 + x^5 + x^4 + 1. */
function roundConstants(): Int32Array {
  const constants = new Int32Array(2 * ROUNDS);
  let lfsr = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (let j = 0; j <= 6; j++) {
      const bit = 2 ** j - 1;
      if (lfsr & 1) {
        const at = 2 * round + (bit >> 5);
        constants[at] = (constants[at] as number) ^ (1 << (bit & 31));
      }
      lfsr = lfsr & 0x80 ? (lfsr << 1) ^ 0x171 : lfsr << 1;
    }
  }
  return constants;
}

const RC = roundConstants();
const moveTo = Uint8Array.from(PI);
const turnBy = Uint8Array.from(RHO);
const column = new Int32Array(10);

/** FIPS 202 3.2.1. */
function theta(s: Int32Array): void {
  for (let x = 0; x < 10; x++) {
    column[x] =
      (s[x] as number) ^ (s[x + 10] as number) ^ (s[x + 20] as number) ^ (s[x + 30] as number) ^ (s[x + 40] as number);
  }
  for (let x = 0; x < 10; x += 2) {
    const left = x === 0 ? 8 : x - 2;
    const right = x === 8 ? 0 : x + 2;
    const low = column[right] as number;
    const high = column[right + 1] as number;
    const d0 = (column[left] as number) ^ ((low << 1) | (high >>> 31));
    const d1 = (column[left + 1] as number) ^ ((high << 1) | (low >>> 31));
    for (let y = x; y < 50; y += 10) {
      s[y] = (s[y] as number) ^ d0;
      s[y + 1] = (s[y + 1] as number) ^ d1;
    }
  }
}

/** FIPS 202 3.2.2 and 3.2.3. */
function rhoPi(s: Int32Array): void {
  let low = s[2] as number;
  let high = s[3] as number;
  for (let t = 0; t < 24; t++) {
    const to = moveTo[t] as number;
    const turn = turnBy[t] as number;
    const r = turn & 31;
    // A turn by 32 or more swaps the halves first. No turn is a multiple of 32, so no shift below is by 32.
    const a = turn < 32 ? low : high;
    const b = turn < 32 ? high : low;
    low = s[to] as number;
    high = s[to + 1] as number;
    s[to] = (a << r) | (b >>> (32 - r));
    s[to + 1] = (b << r) | (a >>> (32 - r));
  }
}

/** FIPS 202 3.2.4. */
function chi(s: Int32Array): void {
  for (let y = 0; y < 50; y += 10) {
    for (let half = y; half < y + 2; half++) {
      const a = s[half] as number;
      const b = s[half + 2] as number;
      const c = s[half + 4] as number;
      const d = s[half + 6] as number;
      const e = s[half + 8] as number;
      s[half] = a ^ (~b & c);
      s[half + 2] = b ^ (~c & d);
      s[half + 4] = c ^ (~d & e);
      s[half + 6] = d ^ (~e & a);
      s[half + 8] = e ^ (~a & b);
    }
  }
}

/**
 * The permutation Keccak-f[1600] (FIPS 202 3.3), in place.
 * @param state 25 lanes as pairs of 32-bit halves, low half first: on a little-endian machine the 200 bytes in order.
 */
export function keccakF1600(state: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++) {
    theta(state);
    rhoPi(state);
    chi(state);
    state[0] = (state[0] as number) ^ (RC[2 * round] as number);
    state[1] = (state[1] as number) ^ (RC[2 * round + 1] as number);
  }
}
