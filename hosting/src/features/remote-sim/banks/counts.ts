import type { SimSlot } from "@wisptools/core/documents/remsim";
import { SLOT_KINDS, type SlotKind, slotKind } from "../shared/words.ts";

/** How many slots there are of each kind. */
export function countKinds(slots: readonly SimSlot[], now: number): Record<SlotKind, number> {
  const counts = Object.fromEntries(SLOT_KINDS.map((kind) => [kind, 0])) as Record<SlotKind, number>;
  for (const slot of slots) counts[slotKind(slot, now)]++;
  return counts;
}
