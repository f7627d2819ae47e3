import type { PackageId } from "./ids.ts";
import { packagesOf } from "./snapshot.ts";

const BLOCK = 4096;

/** How many characters two texts have in common at their start. */
function commonStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a.slice(n, n + BLOCK) === b.slice(n, n + BLOCK)) n += BLOCK;
  n = Math.min(n, a.length, b.length);
  while (n < a.length && n < b.length && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n;
}

/** How many they have in common at their end, beyond `start` of them. */
function commonEnd(a: string, b: string, start: number): number {
  const limit = Math.min(a.length, b.length) - start;
  let n = 0;
  while (
    n + BLOCK <= limit &&
    a.slice(a.length - n - BLOCK, a.length - n) === b.slice(b.length - n - BLOCK, b.length - n)
  ) {
    n += BLOCK;
  }
  while (n < limit && a.charCodeAt(a.length - n - 1) === b.charCodeAt(b.length - n - 1)) n++;
  return n;
}

/** Only the entries that may differ, of both. */
function differingParts(before: string, after: string): [string, string] {
  const equal = commonStart(before, after);
  // From the start of the entry in which they part...
  const separator = equal < 2 ? -1 : before.lastIndexOf("\n\n", equal - 2);
  const start = separator < 0 ? 0 : separator + 2;
  // ...to the first entry of what they have in common after it.
  const end = commonEnd(before, after, start);
  const tail = before.indexOf("\n\n", before.length - end);
  const shared = tail < 0 || end === 0 ? 0 : before.length - tail - 1;
  return [before.slice(start, before.length - shared), after.slice(start, after.length - shared)];
}

/** Packages that one snapshot has and the other has not; one with other contents is in both lists. Fast if they differ little. */
export function snapshotChanges(before: string, after: string): { added: PackageId[]; removed: PackageId[] } {
  const [old, young] = differingParts(before, after).map(packagesOf);
  const had = new Map(old?.map(({ id, sha256 }) => [id, sha256]));
  const has = new Map(young?.map(({ id, sha256 }) => [id, sha256]));
  return {
    added: [...has.keys()].filter((id) => had.get(id) !== has.get(id)),
    removed: [...had.keys()].filter((id) => had.get(id) !== has.get(id)),
  };
}
