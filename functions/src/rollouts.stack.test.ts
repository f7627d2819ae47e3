import { type EpcId, paths, type RolloutStrategy } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "./operations/accessKeys.ts";
import { rolloutSweep } from "./operations/rollouts/rolloutSweep.ts";
import { call, type Reply } from "./testing/client.ts";
import {
  asBox,
  type Box,
  devicesOf,
  enrolBoxes,
  fetchUpdate,
  figuresOf,
  publishVersions,
  reportOf,
  rolloutOf,
  runUpdate,
  updateCommands,
} from "./testing/fleet.ts";
import { ownTenants } from "./testing/ownTenants.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const AGENT = "tower-agent";
const HOUR_MS = 3_600_000;
const FLEET = 6;
let world: World;
let ours: TestTenant;
let boxes: Box[];
let engineer: string;

beforeAll(async () => {
  world = await startWorld();
}, 180_000);
afterAll(() => world.close());

// A fleet of its own for each test: rollouts of others would keep its boxes busy.
beforeEach(async () => {
  world.deps.clock.offsetMs = 0;
  ours = await makeTenant(world.deps);
  await publishVersions(world, ours, AGENT, ["1.0", "2.0"]);
  boxes = await enrolBoxes(world, ours, FLEET);
  engineer = (await createApiKey(world.deps, ours.caller, { label: "engineer", role: "engineer" })).secret;
}, 180_000);

const api = (method: string, path: string, body?: unknown, key = ours.apiKey): Promise<Reply> =>
  call(world.url, method, `/api/epc-updates${path}`, body, { "x-api-key": key });

const everyMinute = () => rolloutSweep(ownTenants(world.deps, [ours]));
const strategy = (changes: Partial<RolloutStrategy> = {}): RolloutStrategy => ({
  groups: [{ upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false }],
  failurePercent: 100,
  failureCount: 100,
  onFailure: "pause",
  maxConcurrent: 50,
  healthSeconds: 30,
  reportSeconds: 60,
  ...changes,
});
const phased = (approval: boolean, soakMinutes = 0): RolloutStrategy["groups"] => [
  { upToPercent: 34, successPercent: 100, soakMinutes, approval },
  { upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false },
];

async function create(changes: Partial<RolloutStrategy> = {}, target: object = {}): Promise<string> {
  const body = { name: "agent 2.0", packages: [{ name: AGENT, version: "2.0" }], target, strategy: strategy(changes) };
  const reply = await api("POST", "/rollouts", body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body.rollout.rollout_id;
}
const act = (id: string, action: string, key = ours.apiKey) =>
  api("POST", `/rollouts/${id}/actions`, { action, note: "" }, key);
const ofGroup = async (id: string, group: number): Promise<Box[]> => {
  const ids = (await devicesOf(world, ours, id)).filter((one) => one.group === group).map((one) => one.epcId);
  return boxes.filter((box) => ids.includes(box.id));
};
const deviceOf = async (id: string, box: Box) => {
  const device = (await devicesOf(world, ours, id)).find((one) => one.epcId === box.id);
  if (!device) throw new Error("no such device");
  return device;
};
const epcOf = async (box: Box) => (await world.deps.store.epcs.need("EPC", ours.id, box.id)).data;
const isConsistent = async (id: string) => {
  const { counted, kept } = await figuresOf(world, ours, id);
  expect(kept).toEqual(counted);
};
const told = async () => {
  const all = await Promise.all(boxes.map(epcOf));
  return all.filter((epc) => epc.pendingCommands.length > 0).length;
};
const alertOf = async (id: string) => (await world.deps.store.alerts.get(ours.id, `rollout-stopped-${id}`))?.data;
const from = (box: Box | undefined): Box => {
  if (!box) throw new Error("too few boxes");
  return box;
};

describe("a rollout", () => {
  it("goes group by group, asks, and completes", async () => {
    const id = await create({ groups: phased(true) });
    const [first, second] = [await ofGroup(id, 0), await ofGroup(id, 1)];
    expect([first.length, second.length]).toEqual([3, 3]);
    for (const box of second) expect(await fetchUpdate(world, box)).toBeUndefined();
    for (const box of first) await runUpdate(world, box, "committed", { [AGENT]: "1.0" });
    expect(await rolloutOf(world, ours, id)).toMatchObject({ state: "awaiting_approval", group: 0, underWay: 0 });
    expect(await told()).toBe(0);
    expect((await act(id, "approve", engineer)).status).toBe(403);
    const approved = await act(id, "approve");
    expect([approved.status, approved.body.rollout.group]).toEqual([200, 1]);
    expect(await told()).toBe(3);
    for (const box of second) expect(await runUpdate(world, box, "committed")).toMatchObject({ attempt: 1 });
    const { state, stateReason, endedAt } = await rolloutOf(world, ours, id);
    expect([state, stateReason]).toEqual(["completed", "6 of 6 devices committed"]);
    expect(endedAt).toBeDefined();
    await isConsistent(id);
    const epc = await epcOf(from(first[0]));
    expect([epc.packages, epc.pendingCommands]).toEqual([{ [AGENT]: "2.0" }, []]);
    const events = await world.deps.store.raw(paths.events(ours.id, epc.id));
    expect(events.filter((one) => one.type === "update")).toMatchObject([
      { message: "Update committed: committed now", severity: "info", data: { rolloutId: id, attempt: 1 } },
    ]);
    const audits = await world.deps.store.raw(paths.audits(ours.id));
    const acts = audits.filter((one) => one.target === id).map((one) => [one.action, one.actorName]);
    expect(acts.map(([action]) => action).sort()).toEqual(["rollout.approve", "rollout.create", "rollout.end"]);
  }, 60_000);

  it("waits for the soak, which the schedule ends", async () => {
    const id = await create({ groups: phased(false, 30) });
    for (const box of await ofGroup(id, 0)) await runUpdate(world, box, "committed");
    await everyMinute();
    expect(await told()).toBe(0);
    world.deps.clock.offsetMs = 31 * 60_000;
    await everyMinute();
    expect([await told(), (await rolloutOf(world, ours, id)).group]).toEqual([3, 1]);
  }, 60_000);

  it("commits at once where nothing would change, and leaves others' channels alone", async () => {
    const [has, elsewhere] = boxes;
    await asBox(world, from(has), "/api/metrics/submit", { version: { packages: { [AGENT]: "2.0" } } });
    expect((await api("POST", "/channels/canary/promote", { from: "stable" })).status).toBe(200);
    const settings = { channel: "canary" };
    await call(world.url, "PATCH", `/api/epc/${elsewhere?.id}`, { settings }, { "x-api-key": ours.apiKey });
    const plan = {
      packages: [{ name: AGENT, version: "2.0" }],
      target: {},
      strategy: strategy({ groups: phased(false) }),
    };
    const preview = (await api("POST", "/rollouts/preview", plan)).body;
    expect(preview).toMatchObject({ matched: 5, unchanged: 1, offline: 0, group_sizes: [2, 3] });
    const id = await create({ groups: phased(false) });
    const devices = await devicesOf(world, ours, id);
    expect(devices).toHaveLength(5);
    const groups = Object.fromEntries(devices.map((one) => [one.epcId, one.group]));
    expect(
      Object.fromEntries(preview.devices.map((one: { epc_id: EpcId; group: number }) => [one.epc_id, one.group])),
    ).toEqual(groups);
    expect(await deviceOf(id, from(has))).toMatchObject({ state: "committed", attempt: 0, underWay: false });
    await isConsistent(id);
  }, 60_000);

  it("never has more under way than it may", async () => {
    const id = await create({ maxConcurrent: 2 });
    const done = new Set<string>();
    while (done.size < FLEET) {
      expect(await told()).toBeLessThanOrEqual(2);
      expect((await rolloutOf(world, ours, id)).underWay).toBe(Math.min(2, FLEET - done.size));
      for (const box of boxes) {
        if (!done.has(box.id) && (await runUpdate(world, box, "committed"))) done.add(box.id);
      }
    }
    expect((await rolloutOf(world, ours, id)).state).toBe("completed");
  }, 60_000);

  it("tells devices only while their window is open, and not later", async () => {
    const start = new Date(world.deps.now().getTime() + 2 * HOUR_MS).toISOString().slice(11, 16);
    const end = new Date(world.deps.now().getTime() + 3 * HOUR_MS).toISOString().slice(11, 16);
    const zone = { time_zone: "Etc/GMT-2" }; // two hours ahead of UTC: its window is open now
    const key = { "x-api-key": ours.apiKey };
    const east = from(boxes[0]);
    expect((await call(world.url, "PATCH", `/api/epc/${east.id}`, zone, key)).status).toBe(200);
    const id = await create({ window: { days: [0, 1, 2, 3, 4, 5, 6], start, end } });
    expect(await told()).toBe(1);
    const { expiresAt } = (await epcOf(east)).pendingCommands[0] ?? {};
    expect(expiresAt?.getTime()).toBeLessThanOrEqual(world.deps.now().getTime() + HOUR_MS + 60_000);
    world.deps.clock.offsetMs = 2 * HOUR_MS + 60_000;
    await everyMinute();
    expect(await told()).toBe(FLEET);
    expect(await fetchUpdate(world, east)).toBeUndefined(); // its window is over
    expect(await fetchUpdate(world, from(boxes[1]))).toMatchObject({ request: { rollout_id: id } });
    await isConsistent(id);
  }, 60_000);
});

describe("a stop", () => {
  it("takes effect in the very report: nothing begins, what was not fetched is taken back, what was goes on", async () => {
    const id = await create({ failurePercent: 30, maxConcurrent: 4 });
    const [one, two, three] = (
      await Promise.all(boxes.map(async (box) => ((await epcOf(box)).pendingCommands.length > 0 ? [box] : [])))
    ).flat() as [Box, Box, Box];
    const goesOn = await fetchUpdate(world, three);
    await runUpdate(world, one, "failed");
    expect((await rolloutOf(world, ours, id)).state).toBe("running");
    await runUpdate(world, two, "rolled_back");
    const stopped = await rolloutOf(world, ours, id);
    expect(stopped).toMatchObject({ state: "paused", resumesTo: "running", underWay: 1 });
    expect(stopped.stateReason).toBe("2 of 6 devices of group 1 failed or went back; 30 % stop it");
    expect(await alertOf(id)).toMatchObject({ state: "open", severity: "critical", target: id });
    const states = (await Promise.all(boxes.map((box) => updateCommands(world, ours, box)))).flat().sort();
    expect(states.filter((state) => state === "cancelled").length).toBeGreaterThanOrEqual(1);
    expect(states.filter((state) => state === "queued")).toEqual([]);
    await isConsistent(id);
    await everyMinute();
    expect(await told()).toBe(1);
    if (!goesOn) throw new Error("nothing was fetched");
    expect((await reportOf(world, three, goesOn.request, "committed")).status).toBe(200);
    expect(await rolloutOf(world, ours, id)).toMatchObject({ state: "paused", underWay: 0 });
    const resumed = (await act(id, "resume", engineer)).body.rollout;
    expect(resumed).toMatchObject({ state: "running", state_reason: "" });
    expect((await alertOf(id))?.state).toBe("resolved");
    expect(await told()).toBe(3);
    for (const box of boxes) await runUpdate(world, box, "committed");
    expect(await rolloutOf(world, ours, id)).toMatchObject({
      state: "completed",
      stateReason: "4 of 6 devices committed",
    });
    await isConsistent(id);
  }, 60_000);

  it("takes committed devices back to what each had, and says which it could not", async () => {
    const id = await create({ onFailure: "rollback", failurePercent: 50 });
    const [one, two, had, ...failing] = boxes as [Box, Box, Box, ...Box[]];
    await publishVersions(world, ours, "tower-neighbour", ["0.9"]);
    await runUpdate(world, one, "committed", { [AGENT]: "1.0", "tower-neighbour": "0.9", "tower-unknown": "3" });
    await runUpdate(world, two, "committed", { [AGENT]: "" });
    await runUpdate(world, had, "committed", { [AGENT]: "2.0" });
    for (const box of failing) await runUpdate(world, box, "rolled_back");
    expect((await rolloutOf(world, ours, id)).state).toBe("rolling_back");
    expect(await deviceOf(id, two)).toMatchObject({
      state: "failed",
      message: `Cannot go back: it had no ${AGENT} before`,
    });
    expect(await deviceOf(id, had)).toMatchObject({ state: "rolled_back", message: "It had these versions before" });
    expect(await deviceOf(id, one)).toMatchObject({ state: "committed", underWay: true, goal: "restore", attempt: 2 });
    const request = await runUpdate(world, one, "committed", { [AGENT]: "2.0" });
    expect(request).toMatchObject({
      restore: true,
      attempt: 2,
      packages: [
        { name: AGENT, version: "1.0" },
        { name: "tower-neighbour", version: "0.9" },
      ],
    });
    expect(request?.packages[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await deviceOf(id, one)).toMatchObject({ state: "rolled_back", underWay: false });
    const { state, stateReason, restored } = await rolloutOf(world, ours, id);
    expect([state, restored]).toEqual(["rolled_back", 1]);
    expect(stateReason).toBe("1 device went back to what they had; 1 failed");
    expect((await alertOf(id))?.state).toBe("resolved");
    await isConsistent(id);
  }, 60_000);

  it("by a person pauses or aborts, and what is over can still be taken back", async () => {
    const id = await create();
    await runUpdate(world, from(boxes[0]), "committed", { [AGENT]: "1.0" });
    expect((await act(id, "pause", engineer)).body.rollout.state).toBe("paused");
    expect(await told()).toBe(0);
    expect((await act(id, "pause")).body.error).toMatchObject({ code: "failed-precondition", field: "action" });
    expect((await act(id, "resume")).body.rollout.state).toBe("running");
    expect(await told()).toBe(5);
    const aborted = (await act(id, "abort")).body.rollout;
    expect(aborted).toMatchObject({ state: "aborted", counts: { pending: 5, committed: 1 } });
    expect(await told()).toBe(0);
    expect((await act(id, "rollback")).body.rollout.state).toBe("rolling_back");
    expect(await runUpdate(world, from(boxes[0]), "committed")).toMatchObject({ restore: true });
    expect((await rolloutOf(world, ours, id)).state).toBe("rolled_back");
    await isConsistent(id);
  }, 60_000);
});
