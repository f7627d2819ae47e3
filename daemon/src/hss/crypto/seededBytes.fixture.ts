/** Random bytes for tests, the same in every run of one seed (xorshift32). */
export function seededBytes(seed: number): (length: number) => Buffer {
  let state = (seed * 0x9e3779b9) | 1;
  return (length) => {
    const out = Buffer.alloc(length);
    for (let i = 0; i < length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      out[i] = state >>> 11;
    }
    return out;
  };
}
