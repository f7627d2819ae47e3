import { paths, type RemsimClient } from "@wisptools/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { beatOf, evenly, makeFleet } from "./testing/heartbeatFleet.ts";
import { makeTenant, startWorld, type World } from "./testing/world.ts";

// 1,000 routers against one plain process. The full pace, a minute between heartbeats, is `npm run bench -- remsim-soak`: here the clock of the
// world makes the minutes shorter than those of the wall.
const CLIENTS = 1000;
const MINUTES = 3;
const MINUTE_MS = 8000;

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("keeps the leases and figures of 1,000 clients with heartbeats at a steady pace", { timeout: 300_000 }, async () => {
  world.deps.clock.offsetMs = 0;
  const tenant = await makeTenant(world.deps);
  const fleet = await makeFleet(world.deps, tenant, CLIENTS);
  for (let minute = 0; minute < MINUTES; minute++) {
    const statuses = await evenly(fleet, MINUTE_MS, (router) => beatOf(world.url, router, minute));
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    world.deps.clock.offsetMs += 60_000;
  }
  const clients = (await world.deps.store.raw(paths.remsimClients(tenant.id))) as RemsimClient[];
  expect(clients).toHaveLength(CLIENTS);
  for (const { state, samples, clashAt, instanceId, key } of clients) {
    expect({ state, clashAt, instanceId }).toEqual({ state: "connected", clashAt: null, instanceId: `i-${key}` });
    expect(samples.map(({ tpdusSent }) => tpdusSent)).toEqual([0, 10, 20]);
  }
});
