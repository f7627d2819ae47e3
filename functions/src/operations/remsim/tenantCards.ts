import type { CardSource, SimBank, SimSlot, TenantId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

/** A tenant's cards as they are in the store now. */
export function tenantCards(
  { store, now }: Deps,
  tenantId: TenantId,
  banks: readonly SimBank[],
): CardSource<Stored<SimSlot>> {
  const at = now();
  const { cardPool } = store;
  return {
    at: ({ bankId, slotId }) => cardPool.get(tenantId, bankId, slotId),
    free: (bankId, filter, limit) => cardPool.free(tenantId, bankId, filter, at, limit),
    countFree: (bankId, filter) => cardPool.countFree(tenantId, bankId, filter, at),
    withRoom: (pool, filter, limit) => cardPool.withRoom(tenantId, pool, filter, limit),
    profiles: (pool) => cardPool.profiles(tenantId, pool),
    tally: async (bankId, filter) => {
      const inState = (state: SimSlot["state"]) => cardPool.countIn(tenantId, bankId, filter, state);
      const counts = [inState("assigned"), inState("available"), inState("disabled"), inState("faulty")];
      const [held = 0, available = 0, disabled = 0, faulty = 0] = await Promise.all(counts);
      const free = available > 0 ? await cardPool.countFree(tenantId, bankId, filter, at) : 0;
      return { held, coolingDown: Math.max(0, available - free), out: disabled + faulty, free };
    },
    poolTally: async (pool, filter) => ({
      cards: await cardPool.countWorking(tenantId, pool, filter),
      profiles: await cardPool.profiles(tenantId, pool),
      bankSlots: banks.find(({ bankId }) => bankId === pool.bankId)?.slots ?? 0,
    }),
  };
}
