import type { TenantId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../deps.ts";

type Find<A extends unknown[], T> = (...args: A) => Promise<Stored<T>[]>;

/**
 * The dependencies of a schedule that sees these tenants alone. Two test files share the emulators at a time: the one whose clock runs ahead
 * must not end the other's waits.
 */
export function ownTenants(deps: Deps, tenants: readonly { id: TenantId }[]): Deps {
  const { store } = deps;
  const own =
    <A extends unknown[], T extends { tenantId: TenantId }>(find: Find<A, T>): Find<A, T> =>
    async (...args) =>
      (await find(...args)).filter(({ data }) => tenants.some(({ id }) => id === data.tenantId));
  const narrowed = <T extends object>(table: T, finds: Partial<T>): T => Object.assign(Object.create(table), finds);
  return {
    ...deps,
    now: () => deps.now(),
    store: {
      ...store,
      epcs: narrowed(store.epcs, { overdue: own((now, limit) => store.epcs.overdue(now, limit)) }),
      commands: narrowed(store.commands, { overdue: own((now, limit) => store.commands.overdue(now, limit)) }),
      rollouts: narrowed(store.rollouts, {
        active: own((limit) => store.rollouts.active(limit)),
        stoppedUnderWay: own((limit) => store.rollouts.stoppedUnderWay(limit)),
      }),
      remsimClients: narrowed(store.remsimClients, {
        // A page of them: those of other tenants may be many, and stay due.
        due: async (now, limit) => {
          const all = await own((all: number) => store.remsimClients.due(now, all))(10_000);
          return all.slice(0, limit);
        },
      }),
      simBanks: narrowed(store.simBanks, {
        down: own((limit) => store.simBanks.down(limit)),
        failedOver: own((now, limit) => store.simBanks.failedOver(now, limit)),
      }),
      simSlots: narrowed(store.simSlots, { faulty: own((limit) => store.simSlots.faulty(limit)) }),
      rolloutDevices: narrowed(store.rolloutDevices, {
        overdue: own((now, limit) => store.rolloutDevices.overdue(now, limit)),
      }),
      webhookDeliveries: narrowed(store.webhookDeliveries, {
        overdue: own((by, limit) => store.webhookDeliveries.overdue(by, limit)),
      }),
    },
  };
}
