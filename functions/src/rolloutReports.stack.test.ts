import { type EpcId, paths, type Rollout, RolloutId, type RolloutStrategy } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "./operations/accessKeys.ts";
import { retireEpc } from "./operations/endEpc.ts";
import { prepareRollout } from "./operations/rollouts/prepareRollout.ts";
import { rolloutSweep } from "./operations/rollouts/rolloutSweep.ts";
import { sweep } from "./operations/sweep.ts";
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
let world: World;
let ours: TestTenant;
let theirs: TestTenant;
/** One key may ask so often; we take turns. */
let keys: string[];
let turn = 0;

beforeAll(async () => {
  world = await startWorld();
  [ours, theirs] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps)]);
  const more = Array.from({ length: 4 }, () => createApiKey(world.deps, ours.caller, { label: "test", role: "admin" }));
  keys = (await Promise.all(more)).map(({ secret }) => secret);
  for (const tenant of [ours, theirs]) await publishVersions(world, tenant, AGENT, ["1.0", "2.0"]);
}, 180_000);
afterAll(() => world.close());

const api = (method: string, path: string, body?: unknown, key = keys[turn++ % keys.length] ?? ""): Promise<Reply> =>
  call(world.url, method, `/api/epc-updates${path}`, body, { "x-api-key": key });
/** What the schedules do, for these tenants. */
const everyMinute = async () => {
  const deps = ownTenants(world.deps, [ours, theirs]);
  await sweep(deps);
  await rolloutSweep(deps);
};
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
const plan = (boxes: readonly Box[], changes: Partial<RolloutStrategy> = {}) => ({
  name: "agent 2.0",
  packages: [{ name: AGENT, version: "2.0" }],
  target: { epcIds: boxes.map((box) => box.id) },
  strategy: strategy(changes),
});

async function create(boxes: readonly Box[], changes: Partial<RolloutStrategy> = {}): Promise<string> {
  const reply = await api("POST", "/rollouts", plan(boxes, changes));
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body.rollout.rollout_id;
}
/** Boxes of their own for one test: no earlier rollout keeps them busy. */
async function fleet<N extends number>(n: N, tenant = ours): Promise<Box[] & { 0: Box; 1: Box }> {
  return (await enrolBoxes(world, tenant, n)) as Box[] & { 0: Box; 1: Box };
}
const deviceOf = async (id: string, box: Box) => (await devicesOf(world, ours, id)).find((one) => one.epcId === box.id);
const needUpdate = async (box: Box) => {
  const command = await fetchUpdate(world, box);
  if (!command) throw new Error(`nothing for ${box.id}`);
  return command;
};
const isConsistent = async (id: string) => {
  const { counted, kept } = await figuresOf(world, ours, id);
  expect(kept).toEqual(counted);
};
const events = async (box: Box) => {
  const all = await world.deps.store.raw(paths.events(ours.id, box.id));
  return all.filter((event) => event.type === "update").map((event) => event.message);
};

describe("a report", () => {
  it("that comes thirty times at once counts once", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const { request } = await needUpdate(box);
    for (const state of ["installing", "committed"]) {
      const replies = await Promise.all(Array.from({ length: 30 }, () => reportOf(world, box, request, state)));
      const others = replies.filter(({ status }) => status !== 200).map(({ body }) => body.error.reason);
      expect(others.every((reason) => reason === "replayed")).toBe(true);
      expect(replies.length - others.length).toBeGreaterThan(0);
      await isConsistent(id);
    }
    expect(await rolloutOf(world, ours, id)).toMatchObject({ state: "completed", underWay: 0 });
    expect((await deviceOf(id, box))?.history.map(({ state }) => state)).toEqual(["installing", "committed"]);
    expect(await events(box)).toEqual(["Update committed"]);
  }, 60_000);

  it("of each of many devices at once is counted exactly", async () => {
    const boxes = await fleet(16);
    const id = await create(boxes, { maxConcurrent: 5 });
    for (let round = 0; round < 20; round++) {
      const commands = await Promise.all(boxes.map((box) => fetchUpdate(world, box)));
      const busy = boxes.flatMap((box, n) => (commands[n] ? [{ box, request: commands[n].request }] : []));
      expect(busy.length).toBeLessThanOrEqual(5);
      if (busy.length === 0) break;
      await Promise.all(busy.map(({ box, request }) => reportOf(world, box, request, "downloading")));
      await Promise.all(busy.map(({ box, request }) => reportOf(world, box, request, "committed")));
    }
    await isConsistent(id);
    expect(await rolloutOf(world, ours, id)).toMatchObject({
      state: "completed",
      stateReason: "16 of 16 devices committed",
    });
  }, 90_000);

  it("of an earlier attempt, or not forward, changes nothing and is thanked for", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const { request } = await needUpdate(box);
    await reportOf(world, box, request, "installing");
    const before = await deviceOf(id, box);
    for (const said of [{ ...request, attempt: 7 }, request]) {
      expect((await reportOf(world, box, said, "downloading")).body).toEqual({ success: true });
    }
    expect(await deviceOf(id, box)).toEqual(before);
    await isConsistent(id);
  });

  it.each<[string, object, string]>([
    ["an unknown state", { state: "done" }, "state"],
    ["pending, which only we say", { state: "pending" }, "state"],
    ["no attempt", { attempt: undefined }, "attempt"],
    ["attempt 0", { attempt: 0 }, "attempt"],
    ["an id that is none", { rollout_id: "ro_1" }, "rollout_id"],
    ["a package that is none", { previous: { "../x": "1.0" } }, "previous"],
    ["a version that is none", { installed: { [AGENT]: "$(id)" } }, `installed.${AGENT}`],
    ["a long message", { message: "x".repeat(1001) }, "message"],
  ])("with %s is refused, names the field and changes nothing", async (_, fields, field) => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const before = await deviceOf(id, box);
    const body = { rollout_id: id, attempt: 1, state: "downloading", ...fields };
    const reply = await asBox(world, box, "/api/epc-updates/report", body);
    expect([reply.status, reply.body.error.field]).toEqual([400, expect.stringContaining(field)]);
    expect(await deviceOf(id, box)).toEqual(before);
  });

  it("costs what the data model says", async () => {
    const [box, other] = await fleet(2);
    await create([box, other]);
    const { request } = await needUpdate(box);
    await fetchUpdate(world, other);
    const cost = async (state: string) => {
      const before = { ...world.deps.store.meter };
      expect((await reportOf(world, box, request, state)).status).toBe(200);
      const { reads, writes } = world.deps.store.meter;
      return `${reads - before.reads} reads, ${writes - before.writes} writes`;
    };
    await reportOf(world, box, request, "downloading"); // this instance's first look at the credential
    expect.soft(await cost("downloading")).toBe("2 reads, 1 writes");
    expect.soft(await cost("installing")).toBe("2 reads, 3 writes");
    expect.soft(await cost("committed")).toBe("4 reads, 5 writes");
  });
});

describe("a device", () => {
  it("that is not heard of is told again, and fails after the third time", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    for (const attempt of [1, 2, 3]) {
      expect(await deviceOf(id, box)).toMatchObject({ state: "pending", underWay: true, attempt });
      world.deps.clock.offsetMs += 24.2 * HOUR_MS;
      await everyMinute();
      await isConsistent(id);
    }
    expect(await deviceOf(id, box)).toMatchObject({
      state: "failed",
      message: "Not heard of, though it was told 3 times",
    });
    expect((await rolloutOf(world, ours, id)).state).toBe("paused");
    const epc = (await world.deps.store.epcs.need("EPC", ours.id, box.id)).data;
    expect(epc.pendingCommands).toEqual([]);
  }, 60_000);

  it("that falls silent fails after its time, and may still say how it ended", async () => {
    const boxes = await fleet(2);
    const id = await create(boxes, { failurePercent: 100 });
    const { request } = await needUpdate(boxes[0]);
    await reportOf(world, boxes[0], request, "installing");
    world.deps.clock.offsetMs += 6 * HOUR_MS;
    await everyMinute();
    expect((await deviceOf(id, boxes[0]))?.state).toBe("installing");
    world.deps.clock.offsetMs += 120_000;
    await everyMinute();
    expect(await deviceOf(id, boxes[0])).toMatchObject({ state: "failed", silent: true, underWay: false });
    expect(await events(boxes[0])).toEqual(["Update failed: No report any more after installing"]);
    expect((await reportOf(world, boxes[0], request, "committed")).status).toBe(200);
    expect((await deviceOf(id, boxes[0]))?.state).toBe("committed");
    await isConsistent(id);
    await runUpdate(world, boxes[1], "committed");
    expect((await rolloutOf(world, ours, id)).state).toBe("completed");
  }, 60_000);

  it("that cannot begin says so by its command's result, and fails at once", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const { id: command_id } = await needUpdate(box);
    const result = { command_id, state: "failed", exit_code: 1, output: "unknown command: update" };
    expect((await asBox(world, box, "/api/metrics/command-result", result)).status).toBe(200);
    const message = "The update command failed: unknown command: update";
    expect(await deviceOf(id, box)).toMatchObject({ state: "failed", message, underWay: false });
    expect((await rolloutOf(world, ours, id)).state).toBe("paused");
    await isConsistent(id);
  });

  it("that has begun is not failed by its command's result", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const { id: command_id, request } = await needUpdate(box);
    await reportOf(world, box, request, "installing");
    await asBox(world, box, "/api/metrics/command-result", { command_id, state: "failed", output: "killed" });
    expect((await deviceOf(id, box))?.state).toBe("installing");
    await reportOf(world, box, request, "committed");
    expect((await rolloutOf(world, ours, id)).state).toBe("completed");
  });

  it("that is retired before its turn fails with the reason", async () => {
    const boxes = await fleet(2);
    const id = await create(boxes, { maxConcurrent: 1 });
    const [waiting] = (await devicesOf(world, ours, id)).filter((device) => !device.underWay);
    const [busy] = boxes.filter((box) => box.id !== waiting?.epcId);
    if (!waiting || !busy) throw new Error("one begins, one waits");
    await retireEpc(world.deps, ours.caller, waiting.epcId);
    await runUpdate(world, busy, "committed");
    const devices = await devicesOf(world, ours, id);
    expect(devices.find((device) => device.epcId === waiting.epcId)).toMatchObject({
      state: "failed",
      message: "The EPC is retired",
    });
    await isConsistent(id);
  });

  it("that is retired while it is told gives its place to the next at once", async () => {
    const boxes = await fleet(2);
    const id = await create(boxes, { maxConcurrent: 1 });
    const [told] = (await devicesOf(world, ours, id)).filter((device) => device.underWay);
    const [other] = boxes.filter((box) => box.id !== told?.epcId);
    if (!told || !other) throw new Error("one begins, one waits");
    await retireEpc(world.deps, ours.caller, told.epcId);
    const devices = await devicesOf(world, ours, id);
    const retired = { state: "failed", message: "The EPC is retired", underWay: false };
    expect(devices.find((device) => device.epcId === told.epcId)).toMatchObject(retired);
    expect(await events({ ...other, id: told.epcId })).toEqual(["Update failed: The EPC is retired"]);
    expect((await world.deps.store.epcs.need("EPC", ours.id, told.epcId)).data.updating).toBeUndefined();
    expect(await deviceOf(id, other)).toMatchObject({ state: "pending", underWay: true });
    await isConsistent(id);
  });

  it("out of reach lets those go first that can be reached, and is told after them", async () => {
    const boxes = await fleet(4);
    for (const box of boxes.slice(0, 3)) await asBox(world, box, "/api/metrics/heartbeat", {});
    world.deps.clock.offsetMs += 1.1 * HOUR_MS;
    await everyMinute(); // all are offline now, but one that never was online
    const [, here, there] = boxes as Box[] as [Box, Box, Box];
    for (const box of [here, there]) await asBox(world, box, "/api/metrics/heartbeat", {});
    const id = await create(boxes, { maxConcurrent: 1 });
    for (const _ of [here, there]) {
      const [told, ...more] = (await devicesOf(world, ours, id)).filter((device) => device.underWay);
      expect([here.id, there.id]).toContain(told?.epcId);
      expect(more).toEqual([]);
      await isConsistent(id);
      await runUpdate(world, told?.epcId === here.id ? here : there, "committed");
    }
    expect(await deviceOf(id, here)).toMatchObject({ state: "committed" });
    expect(await deviceOf(id, there)).toMatchObject({ state: "committed" });
    const rest = (await devicesOf(world, ours, id)).filter((device) => device.state === "pending");
    expect(rest.map(({ underWay, passedOver, attempt }) => [underWay, passedOver, attempt])).toContainEqual([
      false,
      true,
      0,
    ]);
    expect(rest.map(({ underWay, passedOver, attempt }) => [underWay, passedOver, attempt])).toContainEqual([
      true,
      undefined,
      1,
    ]);
    await isConsistent(id);
  }, 60_000);

  it("that is back takes the place of one out of reach, whose command is taken back", async () => {
    const boxes = await fleet(3);
    world.deps.clock.offsetMs += 1.1 * HOUR_MS; // none has ever reported
    const id = await create(boxes, { maxConcurrent: 1 });
    const [told, ...more] = (await devicesOf(world, ours, id)).filter((device) => device.underWay);
    expect([told?.attempt, more]).toEqual([1, []]);
    const [back, away] = boxes.filter((box) => box.id !== told?.epcId) as [Box, Box];
    await asBox(world, back, "/api/metrics/heartbeat", {});
    await everyMinute();
    expect((await deviceOf(id, back))?.underWay).toBe(false); // the other may yet fetch its command
    world.deps.clock.offsetMs += 6 * 60_000;
    await asBox(world, back, "/api/metrics/heartbeat", {});
    await everyMinute();
    await isConsistent(id);
    expect(await deviceOf(id, back)).toMatchObject({ underWay: true, attempt: 1 });
    const gone = boxes.find((box) => box.id === told?.epcId) as Box;
    expect(await deviceOf(id, gone)).toMatchObject({ underWay: false, state: "pending" });
    expect(await updateCommands(world, ours, gone)).toEqual(["cancelled"]);
    expect(await deviceOf(id, away)).toMatchObject({ underWay: false, attempt: 0 });
    await runUpdate(world, back, "committed");
    expect((await deviceOf(id, back))?.state).toBe("committed");
    // One of the two is told now; when it comes, it finds a command that holds.
    const [next] = (await devicesOf(world, ours, id)).filter((device) => device.underWay);
    await runUpdate(world, next?.epcId === gone.id ? gone : away, "committed");
    await runUpdate(world, next?.epcId === gone.id ? away : gone, "committed");
    expect((await rolloutOf(world, ours, id)).state).toBe("completed");
    await isConsistent(id);
  }, 60_000);

  it("that commits after all others were taken back is taken back too", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const { request } = await needUpdate(box);
    await reportOf(world, box, request, "installing", { previous: { [AGENT]: "1.0" } });
    expect((await api("POST", `/rollouts/${id}/actions`, { action: "rollback" })).status).toBe(200);
    world.deps.clock.offsetMs += 6.1 * HOUR_MS;
    await everyMinute();
    expect((await rolloutOf(world, ours, id)).state).toBe("rolled_back");
    expect((await reportOf(world, box, request, "committed", { installed: { [AGENT]: "2.0" } })).status).toBe(200);
    expect(await rolloutOf(world, ours, id)).toMatchObject({
      state: "rolling_back",
      stateReason: "1 device committed after the rest had gone back",
    });
    await isConsistent(id);
    expect(await runUpdate(world, box, "committed")).toMatchObject({ restore: true, attempt: 2 });
    expect(await rolloutOf(world, ours, id)).toMatchObject({ state: "rolled_back", restored: 1 });
    expect((await deviceOf(id, box))?.state).toBe("rolled_back");
    await isConsistent(id);
    const audits = await world.deps.store.raw(paths.audits(ours.id));
    const acts = audits.filter((one) => one.target === id).map(({ action }) => action);
    expect(acts.filter((action) => action === "rollout.takeBackAgain")).toHaveLength(1);
  }, 60_000);

  it("that was under way and is not heard of holds up no roll-back of the others", async () => {
    const boxes = await fleet(4);
    const id = await create(boxes, { maxConcurrent: 2 });
    const devices = await devicesOf(world, ours, id);
    const first = boxes.filter((box) => devices.some((device) => device.epcId === box.id && device.underWay));
    const rest = boxes.filter((box) => !first.includes(box));
    for (const box of first) await runUpdate(world, box, "committed", { [AGENT]: "1.0" });
    for (const box of rest) await reportOf(world, box, (await needUpdate(box)).request, "installing");
    expect((await api("POST", `/rollouts/${id}/actions`, { action: "rollback" })).status).toBe(200);
    const restoring = async () => (await devicesOf(world, ours, id)).filter((device) => device.goal === "restore");
    await everyMinute();
    expect(await restoring()).toEqual([]); // the others may yet be at work
    world.deps.clock.offsetMs += 11 * 60_000;
    await everyMinute();
    expect((await restoring()).map(({ epcId }) => epcId).sort()).toEqual(first.map((box) => box.id).sort());
    await isConsistent(id);
    for (const box of first) await runUpdate(world, box, "committed");
    expect(await rolloutOf(world, ours, id)).toMatchObject({ state: "rolling_back", restored: 2, underWay: 2 });
  }, 60_000);

  it("is told by one rollout at a time, and not when its queue is full", async () => {
    const [box, full] = await fleet(2);
    const first = await create([box]);
    const second = await create([box]);
    expect(await deviceOf(second, box)).toMatchObject({ underWay: false, attempt: 0 });
    // Its command is done as soon as it is handed over; the update goes on.
    const { id: command_id, request } = await needUpdate(box);
    await asBox(world, box, "/api/metrics/command-result", { command_id, state: "succeeded", exit_code: 0 });
    await everyMinute();
    expect(await deviceOf(second, box)).toMatchObject({ underWay: false, attempt: 0 });
    await reportOf(world, box, request, "committed");
    await everyMinute();
    expect(await deviceOf(second, box)).toMatchObject({ state: "pending", underWay: true });
    expect((await rolloutOf(world, ours, first)).state).toBe("completed");
    const headers = { "x-api-key": ours.apiKey };
    for (let n = 0; n < 20; n++) {
      await call(world.url, "POST", `/api/epc/${full.id}/commands`, { type: "apply_configuration" }, headers);
    }
    const third = await create([full]);
    expect(await deviceOf(third, full)).toMatchObject({
      underWay: false,
      message: "Waits until its earlier commands are done",
    });
    await isConsistent(third);
  }, 60_000);

  it("keeps its rollout's command: no person may cancel it alone", async () => {
    const [box] = await fleet(1);
    await create([box]);
    const { id } = await needUpdate(box);
    const headers = { "x-api-key": ours.apiKey };
    const reply = await call(world.url, "POST", `/api/epc/${box.id}/commands/${id}/cancel`, {}, headers);
    expect([reply.status, reply.body.error.message]).toEqual([412, expect.stringContaining("rollout")]);
  });
});

describe("another tenant", () => {
  it("finds neither our rollouts nor our EPCs, and its devices have no part in them", async () => {
    const [box] = await fleet(1);
    const [stranger] = await fleet(1, theirs);
    const id = await create([box]);
    const { request } = await needUpdate(box);
    const key = theirs.apiKey;
    const acts: [string, string, object | undefined][] = [
      ["GET", `/rollouts/${id}`, undefined],
      ["POST", `/rollouts/${id}/actions`, { action: "abort" }],
      ["GET", `/status/${box.id}`, undefined],
      ["GET", `/rollouts?page_token=${id}`, undefined],
      ["POST", "/trigger-update", { epc_ids: [box.id], packages: [AGENT] }],
    ];
    for (const [method, path, body] of acts) {
      expect([path, (await api(method, path, body, key)).status]).toEqual([path, 404]);
      expect([
        path,
        (await api(method, `${path}${path.includes("?") ? "&" : "?"}tenant_id=${ours.id}`, body, key)).status,
      ]).toEqual([path, 404]);
    }
    expect((await api("POST", "/rollouts", plan([box]), key)).status).toBe(412);
    expect((await api("GET", "/rollouts", undefined, key)).body.rollouts).toEqual([]);
    expect((await api("GET", "/status", undefined, key)).body.rollouts).toEqual([]);
    const before = await deviceOf(id, box);
    const said = await reportOf(world, stranger, request, "committed");
    expect([said.status, said.body.error.field]).toEqual([404, "rollout_id"]);
    expect(await deviceOf(id, box)).toEqual(before);
    expect((await rolloutOf(world, ours, id)).state).toBe("running");
    expect((await reportOf(world, box, request, "committed")).status).toBe(200);
  });

  it("is not the only stranger: a device of ours has no part in a rollout that does not mean it", async () => {
    const [box, other] = await fleet(2);
    const id = await create([box]);
    expect((await reportOf(world, other, { rollout_id: RolloutId.parse(id), attempt: 1 }, "committed")).status).toBe(
      404,
    );
  });
});

describe("creating", () => {
  it.each<[string, (boxes: Box[]) => object, number, string]>([
    ["a version the channel has not", () => ({ packages: [{ name: AGENT, version: "9.9" }] }), 400, "packages.0"],
    ["a package the channel has not", () => ({ packages: [{ name: "nothing", version: "1.0" }] }), 400, "packages.0"],
    [
      "a package twice",
      () => ({ packages: ["1.0", "2.0"].map((version) => ({ name: AGENT, version })) }),
      400,
      "packages.1",
    ],
    ["a channel without packages", () => ({ channel: "nightly" }), 412, "channel"],
    ["nobody that fits", () => ({ target: { sites: ["Nowhere"] } }), 412, "target"],
    [
      "groups that do not end at 100",
      () => ({ strategy: strategy({ groups: [{ ...strategy().groups[0], upToPercent: 50 } as never] }) }),
      400,
      "strategy.groups",
    ],
    [
      "a clock that is none",
      () => ({ strategy: strategy({ window: { days: [0], start: "25:00", end: "01:00" } }) }),
      400,
      "strategy.window.start",
    ],
    ["no name", () => ({ name: "" }), 400, "name"],
  ])("with %s is refused, names the field and writes nothing", async (_, changes, status, field) => {
    const boxes = await fleet(1);
    const before = (await world.deps.store.raw(paths.rollouts(ours.id))).length;
    const reply = await api("POST", "/rollouts", { ...plan(boxes), ...changes(boxes) });
    expect([reply.status, reply.body.error.field]).toEqual([status, field]);
    expect(await world.deps.store.raw(paths.rollouts(ours.id))).toHaveLength(before);
  });

  it("takes the hashes of all architectures of a version", async () => {
    for (const architecture of ["amd64", "arm64"]) {
      await publishVersions(world, ours, "tower-core", ["3.0"], { architecture });
    }
    const [box] = await fleet(1);
    const reply = await api("POST", "/rollouts", {
      ...plan([box]),
      packages: [{ name: "tower-core", version: "3.0" }],
    });
    const { packages } = await rolloutOf(world, ours, reply.body.rollout.rollout_id);
    expect(new Set([packages[0]?.sha256, ...(packages[0]?.otherSha256 ?? [])]).size).toBe(2);
    expect((await needUpdate(box)).request.packages).toEqual(packages);
  });

  it("that crashed half way is finished by the schedule, by however many at once, with each device once", async () => {
    const boxes = await fleet(5);
    const whole = await rolloutOf(world, ours, await create(boxes, { maxConcurrent: 2 }));
    const id = RolloutId.parse("ro_00000000000000cc");
    const { startedAt: _, timeZones: __, ...rest } = whole;
    const left: Rollout = { ...rest, id, state: "preparing", groupSizes: [0], counts: {}, underWay: 0 };
    const [listed] = await devicesOf(world, ours, whole.id);
    if (!listed) throw new Error("no device");
    const { dueAt: ___, commandId: ____, ...device } = listed;
    const write = world.deps.store.write().create(paths.rollout(ours.id, id), left);
    const path = paths.rolloutDevice(ours.id, id, device.epcId);
    await write.create(path, { ...device, rolloutId: id, underWay: false, attempt: 0 }).commit();
    await Promise.all(Array.from({ length: 4 }, () => prepareRollout(world.deps, ours.id, id)));
    expect(await rolloutOf(world, ours, id)).toMatchObject({
      state: "running",
      devices: 5,
      groupSizes: [5],
      counts: { "0": { pending: 5 } },
    });
    expect(new Set((await devicesOf(world, ours, id)).map((one) => one.epcId)).size).toBe(5);
    await isConsistent(id);
  }, 60_000);
});

describe("the schedule", () => {
  it("comes to every rollout, page by page", async () => {
    const soaking = async () => {
      const boxes = await fleet(2);
      const id = await create(boxes, { groups: soak });
      for (const box of boxes) await runUpdate(world, box, "committed");
      return id;
    };
    const soak = [
      { upToPercent: 50, successPercent: 100, soakMinutes: 10, approval: false },
      { upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false },
    ];
    const ids = [await soaking(), await soaking(), await soaking()];
    const groups = async () => Promise.all(ids.map(async (id) => (await rolloutOf(world, ours, id)).group));
    expect(await groups()).toEqual([0, 0, 0]);
    world.deps.clock.offsetMs += 11 * 60_000;
    await rolloutSweep(ownTenants(world.deps, [ours]), 1);
    expect(await groups()).toEqual([1, 1, 1]);
    const { rollouts } = world.deps.store;
    for (const find of [rollouts.active.bind(rollouts), rollouts.stoppedUnderWay.bind(rollouts)]) {
      const all = (await find(10_000)).map(({ path }) => path);
      const paged: string[] = [];
      for (let page = await find(2); page.length > 0; page = await find(2, page.at(-1))) {
        paged.push(...page.map(({ path }) => path));
      }
      expect(paged).toEqual(all);
    }
    for (const id of ids) expect((await api("POST", `/rollouts/${id}/actions`, { action: "pause" })).status).toBe(200);
  }, 60_000);
});

describe("the views", () => {
  it("list rollouts newest first, page by page, those that are open, and an EPC's own", async () => {
    const [box] = await fleet(1);
    const first = await create([box]);
    await runUpdate(world, box, "committed", { [AGENT]: "1.0" });
    const second = await create([box]);
    const { body } = await api("GET", "/rollouts?page_size=1");
    expect(body.rollouts).toMatchObject([{ rollout_id: second }]);
    const next = (await api("GET", `/rollouts?page_size=1&page_token=${body.next_page_token}`)).body;
    expect(next.rollouts).toMatchObject([{ rollout_id: first, state: "completed", counts: { committed: 1 } }]);
    const open = (await api("GET", "/status")).body.rollouts.map((one: { rollout_id: string }) => one.rollout_id);
    expect(open).not.toContain(first);
    const own = (await api("GET", `/status/${box.id}`)).body;
    expect(own).toMatchObject({ channel: "stable", installed: { [AGENT]: "2.0" } });
    expect(own.updates.map((one: { rollout_id: string }) => one.rollout_id)).toContain(first);
    expect((await api("GET", `/rollouts/${first}`)).body.rollout.packages).toMatchObject([
      { name: AGENT, version: "2.0" },
    ]);
  });

  it("trigger-update takes the newest version, and names an EPC that it cannot mean", async () => {
    const [box, elsewhere] = await fleet(2);
    const trigger = (ids: EpcId[], more: object = {}) =>
      api("POST", "/trigger-update", { epc_ids: ids, packages: [AGENT], ...more });
    const { status, body } = await trigger([box.id]);
    expect([status, body.rollout.packages]).toEqual([201, [expect.objectContaining({ version: "2.0" })]]);
    expect((await needUpdate(box)).request.rollout_id).toBe(body.rollout.rollout_id);
    const headers = { "x-api-key": ours.apiKey };
    expect((await api("POST", "/channels/canary/promote", { from: "stable" })).status).toBe(200);
    await call(world.url, "PATCH", `/api/epc/${elsewhere.id}`, { settings: { channel: "canary" } }, headers);
    const refused = await trigger([box.id, elsewhere.id]);
    expect([refused.status, refused.body.error.field]).toEqual([412, "epc_ids.1"]);
    expect((await trigger([box.id], { packages: ["nothing"] })).body.error.field).toBe("packages");
  });

  it("are for every member; acts are for engineers", async () => {
    const [box] = await fleet(1);
    const id = await create([box]);
    const viewer = (await createApiKey(world.deps, ours.caller, { label: "viewer", role: "viewer" })).secret;
    expect((await api("GET", `/rollouts/${id}`, undefined, viewer)).status).toBe(200);
    for (const [path, body] of [
      ["/rollouts", plan([box])],
      ["/rollouts/preview", plan([box])],
      [`/rollouts/${id}/actions`, { action: "pause" }],
      ["/trigger-update", { epc_ids: [box.id] }],
    ] as const) {
      expect((await api("POST", path, body, viewer)).status).toBe(403);
    }
  });
});
