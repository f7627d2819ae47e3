import { freeTacs, poolSize, TacRange } from "@wisptools/core/domain/tac";

export interface PoolUse {
  size: number;
  used: number;
  free: number;
}

/** How much of some ranges is taken; undefined while they aren't ranges yet (somebody is typing). */
export function poolUse(
  ranges: readonly { from: number; to: number }[],
  taken: ReadonlySet<number>,
): PoolUse | undefined {
  const parsed = TacRange.array().safeParse(ranges);
  if (!parsed.success) return undefined;
  const size = poolSize(parsed.data);
  const free = freeTacs(parsed.data, taken, size).length;
  return { size, used: size - free, free };
}

/** Codes that EPCs hold although no range has them any more. */
export function outside(ranges: readonly { from: number; to: number }[], taken: ReadonlySet<number>): number {
  return [...taken].filter((tac) => !ranges.some((range) => tac >= range.from && tac <= range.to)).length;
}
