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
  /** Pages that are full although others' documents lie between ours. */
  const paged =
    <T>(findAll: Find<[limit: number], T>): Find<[limit: number, after?: Stored<T>], T> =>
    async (limit, after) => {
      const all = await findAll(10_000);
      const from = after ? all.findIndex(({ path }) => path === after.path) + 1 : 0;
      return all.slice(from, from + limit);
    };
  const narrowed = <T extends object>(table: T, finds: Partial<T>): T => Object.assign(Object.create(table), finds);
  return {
    ...deps,
    now: () => deps.now(),
    store: {
      ...store,
      epcs: narrowed(store.epcs, { overdue: own((now, limit) => store.epcs.overdue(now, limit)) }),
      commands: narrowed(store.commands, { overdue: own((now, limit) => store.commands.overdue(now, limit)) }),
      rollouts: narrowed(store.rollouts, {
        active: paged(own((all) => store.rollouts.active(all))),
        stoppedUnderWay: paged(own((all) => store.rollouts.stoppedUnderWay(all))),
      }),
      remsimClients: narrowed(store.remsimClients, {
        // A page of them: those of other tenants may be many, and stay due.
        due: async (now, limit) => {
          const all = await own((all: number) => store.remsimClients.due(now, all))(10_000);
          return all.slice(0, limit);
        },
      }),
      simBanks: narrowed(store.simBanks, {
        due: own((now) => store.simBanks.due(now, 10_000)),
      }),
      simSlots: narrowed(store.simSlots, { due: own((now) => store.simSlots.due(now, 10_000)) }),
      rolloutDevices: narrowed(store.rolloutDevices, {
        overdue: own((now, limit) => store.rolloutDevices.overdue(now, limit)),
      }),
      webhookDeliveries: narrowed(store.webhookDeliveries, {
        overdue: own((by, limit) => store.webhookDeliveries.overdue(by, limit)),
      }),
    },
  };
}
