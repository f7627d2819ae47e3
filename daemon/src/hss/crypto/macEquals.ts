import { timingSafeEqual } from "node:crypto";

/** Whether two MACs are the same, in a time that doesn't tell where they differ. */
export function macEquals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
