import { z } from "zod";

/** Tracking area code, 16 bits; 0x0000 and 0xFFFE are reserved (3GPP TS 23.003 19.4.2.3). */
export const Tac = z
  .int()
  .min(1, "must be 1 to 65535")
  .max(0xffff, "must be 1 to 65535")
  .refine((tac) => tac !== 0xfffe, "65534 (0xFFFE) is reserved");

/** An inclusive range of a tenant's pool. Reserved values inside it are passed over. */
export const TacRange = z
  .object({ from: z.int().min(1).max(0xffff), to: z.int().min(1).max(0xffff) })
  .refine((range) => range.from <= range.to, { message: "must not be below from", path: ["to"] });
export type TacRange = z.infer<typeof TacRange>;

/** The lowest `limit` codes of the pool that nobody holds, ascending. */
export function freeTacs(ranges: readonly TacRange[], used: ReadonlySet<number>, limit: number): number[] {
  const free: number[] = [];
  const seen = new Set<number>();
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    for (let tac = range.from; tac <= range.to && free.length < limit; tac++) {
      if (tac === 0xfffe || used.has(tac) || seen.has(tac)) continue;
      seen.add(tac);
      free.push(tac);
    }
  }
  return free;
}

/** How many codes the pool holds, reserved ones and overlaps left out. */
export function poolSize(ranges: readonly TacRange[]): number {
  return freeTacs(ranges, new Set(), 0xffff).length;
}
