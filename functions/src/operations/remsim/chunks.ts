/** Documents written at once: Firestore takes 500 in one commit, and some go with an audit entry and a parent. */
export const CHUNK = 400;

/** A list in parts that fit one write; no parts of an empty list. */
export function chunks<T>(list: readonly T[], size = CHUNK): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}
