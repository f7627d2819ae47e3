import { EpcId, paths } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { sweep } from "./operations/sweep.ts";
import { certificateRequest } from "./testing/certificateRequest.ts";
import { type Credentials, call, deviceCall, type Reply, registration } from "./testing/client.ts";
import { idToken, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

// What each call costs in Firestore, as docs/data-model.md states it. A change here is a change of the running cost.
let world: World;
let ours: TestTenant;
let device: Credentials;
let owner: Record<string, string>;

beforeAll(async () => {
  world = await startWorld();
  ours = await makeTenant(world.deps);
  owner = { authorization: `Bearer ${await idToken(ours.owner)}` };
});
beforeEach(async () => {
  device = (await enrol()).body;
  // Each app keeps the credentials it has seen in memory: one read the first time, none for an hour.
  await submit();
  await deviceCall(world.url, device, "GET", `/api/epc/${device.epc_id}/deployment-script`);
});
afterAll(() => world.close());

const enrol = (fields: object = {}): Promise<Reply> =>
  call(
    world.url,
    "POST",
    "/api/epc/auto-register",
    registration({ tenant_id: ours.id, enrollment_token: ours.token, ...fields }),
  );
const post = (path: string, body: unknown = {}) => deviceCall(world.url, device, "POST", path, body);
const submit = () => post("/api/metrics/submit");
const operator = (method: string, path: string, body?: unknown) =>
  call(world.url, method, `${path}?tenant_id=${ours.id}`, body, owner);

async function cost(act: () => Promise<Reply | unknown>): Promise<string> {
  const before = { ...world.deps.store.meter };
  const reply = await act();
  const status = (reply as Reply | undefined)?.status ?? 200;
  expect(status, JSON.stringify((reply as Reply)?.body)).toBeLessThan(300);
  const { reads, writes } = world.deps.store.meter;
  return `${reads - before.reads} reads, ${writes - before.writes} writes`;
}

it("costs a device what the data model says", async () => {
  const used = await world.deps.store.tacs.used(ours.id);
  expect.soft(await cost(() => enrol())).toBe(`${5 + used.size} reads, 10 writes`);
  const hardware_id = crypto.randomUUID();
  await enrol({ hardware_id });
  expect.soft(await cost(() => enrol({ hardware_id }))).toBe("8 reads, 4 writes");
  const { csr } = certificateRequest();
  await enrol({ hardware_id, csr }); // the authorities are opened once per instance
  expect.soft(await cost(() => enrol({ hardware_id, csr }))).toBe("8 reads, 6 writes");
  expect.soft(await cost(() => enrol({ enrollment_token: undefined }))).toBe("4 reads, 1 writes");
  expect.soft(await cost(submit)).toBe("1 reads, 1 writes");
  expect.soft(await cost(() => post("/api/metrics/heartbeat"))).toBe("1 reads, 1 writes");
  const attach = { type: "attach", imsi: "001010000000001" };
  expect
    .soft(await cost(() => post("/api/metrics/events", { events: [attach, { ...attach, type: "detach" }] })))
    .toBe("1 reads, 3 writes");
  const progress = { script_version: 1, step: "x", step_state: "running", percent: 1 };
  expect.soft(await cost(() => post(`/api/epc/${device.epc_id}/progress`, progress))).toBe("1 reads, 2 writes");
  expect.soft(await cost(() => post(`/api/epc/${device.epc_id}/progress`, progress))).toBe("1 reads, 1 writes");
  const script = `/api/epc/${device.epc_id}/deployment-script`;
  expect.soft(await cost(() => deviceCall(world.url, device, "GET", script))).toBe("2 reads, 0 writes");
  expect.soft(await cost(() => deviceCall(world.url, device, "GET", `${script}.asc`))).toBe("2 reads, 0 writes");
  expect.soft(await cost(() => post(`/api/epc/${device.epc_id}/credentials`))).toBe("1 reads, 3 writes");
  expect.soft(await cost(() => post(`/api/epc/${device.epc_id}/certificate`, { csr }))).toBe("4 reads, 4 writes");
});

it("costs an operator what the data model says", async () => {
  const epc = `/api/epc/${device.epc_id}`;
  expect.soft(await cost(() => operator("GET", epc))).toBe("2 reads, 0 writes");
  expect.soft(await cost(() => operator("PATCH", epc, { notes: "x" }))).toBe("3 reads, 2 writes");
  expect.soft(await cost(() => operator("PATCH", epc, { settings: { nat: false } }))).toBe("4 reads, 4 writes");
  let command = "";
  expect
    .soft(
      await cost(async () => {
        const reply = await operator("POST", `${epc}/commands`, { type: "reboot" });
        command = reply.body.command_id;
        return reply;
      }),
    )
    .toBe("3 reads, 3 writes");
  expect.soft(await cost(submit)).toBe("1 reads, 2 writes");
  const result = { command_id: command, state: "succeeded", exit_code: 0 };
  expect.soft(await cost(() => post("/api/metrics/command-result", result))).toBe("2 reads, 3 writes");
  const gone = (await enrol()).body.epc_id;
  expect.soft(await cost(() => operator("POST", `/api/epc/${gone}/revoke-credentials`))).toBe("4 reads, 5 writes");
});

it("costs the schedule one read a query when nobody is silent, and two writes for each that is", async () => {
  const quiet = await makeTenant(world.deps);
  const { body } = await enrol({ tenant_id: quiet.id, enrollment_token: quiet.token });
  // At that time nobody else's EPC or command is overdue, whatever the other tests leave behind.
  const past = { ...world.deps, now: () => new Date(1000) };
  expect.soft(await cost(() => sweep(past))).toBe("2 reads, 0 writes");
  const path = paths.epc(quiet.id, EpcId.parse(body.epc_id));
  await world.deps.store
    .write()
    .patch(path, { offlineAt: new Date(0) })
    .commit();
  expect.soft(await cost(() => sweep(past))).toBe("2 reads, 2 writes");
});
