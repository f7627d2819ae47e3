// Many remote-SIM routers that send heartbeats at a steady pace, for the soak test and its bench.
import { paths, type RemsimClient } from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { clientOf, routerCall } from "./router.ts";
import { type Login, makeLogin } from "./simBanks.ts";
import type { TestTenant } from "./world.ts";

/** Routers that share a login. */
const OF_A_LOGIN = 50;
const BATCH = 250;

export interface FleetRouter {
  login: Login;
  clientId: string;
  key: RemsimClient["key"];
}

/** Routers of a tenant, each registered and holding a card. */
export async function makeFleet(deps: Deps, tenant: TestTenant, count: number): Promise<FleetRouter[]> {
  const fleet: FleetRouter[] = [];
  const documents: RemsimClient[] = [];
  for (let n = 0; n < count; n++) {
    const login = n % OF_A_LOGIN === 0 ? await makeLogin(deps, tenant.id) : (fleet[n - 1] as FleetRouter).login;
    const document = clientOf(deps, tenant, login, `vm${n}-slot0`);
    documents.push(document);
    fleet.push({ login, clientId: document.clientId, key: document.key });
  }
  for (let start = 0; start < count; start += BATCH) {
    const write = deps.store.write();
    for (const one of documents.slice(start, start + BATCH)) write.put(paths.remsimClient(tenant.id, one.key), one);
    await write.commit();
  }
  return fleet;
}

/** What a router's add-on says in its nth minute. */
export function beatBody(router: FleetRouter, minute: number): object {
  return {
    client_id: router.clientId,
    status: "connected",
    stats: {
      uptime_seconds: minute * 60,
      tpdus_sent: minute * 10,
      tpdus_received: minute * 10,
      errors: 0,
      signal_rsrp: -97,
      signal_rsrq: -11,
    },
    modem_info: { imei: "359072061234567", firmware: "R1" },
    instance_id: `i-${router.key}`,
    configuration_version: 0,
  };
}

/**
 * Does something for each of `items`, spread evenly over `spanMs`; those that take longer are not waited for by the next ones. Gives the results
 * in the order of the items.
 */
export async function evenly<T, R>(
  items: readonly T[],
  spanMs: number,
  act: (item: T, n: number) => Promise<R>,
): Promise<R[]> {
  const start = performance.now();
  const running: Promise<R>[] = [];
  for (const [n, item] of items.entries()) {
    const ahead = start + (n / items.length) * spanMs - performance.now();
    if (ahead > 1) await new Promise((wake) => setTimeout(wake, ahead));
    const one = act(item, n);
    one.catch(() => {}); // it is awaited below
    running.push(one);
  }
  return Promise.all(running);
}

/** One heartbeat of a router. */
export async function beatOf(url: string, router: FleetRouter, minute: number): Promise<number> {
  return (await routerCall(url, router.login, "heartbeat", beatBody(router, minute))).status;
}
