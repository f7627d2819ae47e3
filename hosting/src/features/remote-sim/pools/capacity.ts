import type { SimSlot } from "@wisptools/core/documents/remsim";
import { RSPRO_MAX } from "@wisptools/core/domain/remsim/ids";
import type { KiPool } from "@wisptools/core/domain/remsim/policy";
import { poolCapacity } from "@wisptools/core/domain/remsim/poolCapacity";
import { number, plural } from "../../../ui/format.ts";

export interface Capacity {
  /** Profiles that it can really give. */
  profiles: number;
  used: number;
  /** Cards that can answer. */
  working: number;
  /** What keeps it from more, in words. */
  because: string;
}

/** The least of its limit, the RSPRO numbers above its bank's slots, and what its working cards carry. */
export function capacityOf(pool: KiPool, slots: readonly SimSlot[], bankSlots: number): Capacity {
  const cards = slots.filter((one) => one.slotId >= pool.firstSlot && one.slotId <= pool.lastSlot);
  const working = cards.filter((one) => one.iccid !== "" && one.state !== "disabled" && one.state !== "faulty").length;
  const carried = working * pool.profilesPerSlot;
  const numbers = RSPRO_MAX - bankSlots;
  const profiles = poolCapacity(pool, working, numbers);
  const because =
    profiles === carried
      ? `${plural(working, "working card")} carry ${number(pool.profilesPerSlot)} each`
      : profiles === pool.maxProfiles
        ? "its own limit"
        : `bank ${pool.bankId} has ${plural(numbers, "number")} left above its ${plural(bankSlots, "slot")}`;
  return { profiles, used: cards.reduce((sum, one) => sum + one.profiles, 0), working, because };
}
