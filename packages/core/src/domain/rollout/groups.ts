import type { ExactPackage } from "./ids.ts";
import type { RolloutGroup } from "./strategy.ts";

/**
 * The group of each id. The order is by a hash of seed and id: the same at each call, and no site is first in every rollout. A group
 * ends at its cumulative share, rounded up, so that a small fleet's devices come in early groups and its later groups may be empty.
 */
export function assignGroups<Id extends string>(
  ids: readonly Id[],
  seed: string,
  groups: readonly Pick<RolloutGroup, "upToPercent">[],
): Map<Id, number> {
  const ends = groups.map(({ upToPercent }) => Math.ceil((ids.length * upToPercent) / 100));
  const ordered = ids
    .map((id) => ({ id, rank: hash(`${seed}/${id}`) }))
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return new Map(ordered.map(({ id }, place) => [id, ends.findIndex((end) => place < end)]));
}

/** What the order of a rollout's devices is drawn by: its packages, so that a preview shows the groups that come to be. */
export function orderSeed(packages: readonly Pick<ExactPackage, "name" | "version">[]): string {
  return packages
    .map(({ name, version }) => `${name}=${version}`)
    .sort()
    .join(" ");
}

/** 32 bits that look random: FNV-1a, its bits then mixed so that ids which differ in their last digits lie far apart. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  for (const [shift, factor] of [
    [16, 0x85ebca6b],
    [13, 0xc2b2ae35],
  ] as const) {
    bits = Math.imul(bits ^ (bits >>> shift), factor);
  }
  return (bits ^ (bits >>> 16)) >>> 0;
}
