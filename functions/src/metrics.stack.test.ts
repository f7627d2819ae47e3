import { type Epc, EpcId, objects, paths } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sweep } from "./operations/sweep.ts";
import { type Credentials, call, deviceCall, type Reply, registration, signed } from "./testing/client.ts";
import { ownTenants } from "./testing/ownTenants.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let device: Credentials;
let stranger: Credentials;

beforeAll(async () => {
  world = await startWorld();
  [ours, theirs] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps)]);
});
afterAll(() => world.close());
beforeEach(async () => {
  world.deps.clock.offsetMs = 0;
  [device, stranger] = await Promise.all([enrol(ours), enrol(theirs)]);
});

async function enrol(tenant: TestTenant): Promise<Credentials> {
  const body = registration({ tenant_id: tenant.id, enrollment_token: tenant.token });
  return (await call(world.url, "POST", "/api/epc/auto-register", body)).body;
}
const post = (path: string, body: unknown = {}, credentials = device): Promise<Reply> =>
  deviceCall(world.url, credentials, "POST", path, body, stamped());
const submit = (body: unknown = {}) => post("/api/metrics/submit", body);
const stamped = () => ({ timestamp: ((world.deps.now().getTime() + tick++ / 1000) / 1000).toFixed(6) });
let tick = 0;
const read = async (): Promise<Epc> =>
  (await world.deps.store.epcs.need("EPC", ours.id, EpcId.parse(device.epc_id))).data;
const minute = async (n = 1) => {
  world.deps.clock.offsetMs += n * 60_000;
};

const report = {
  version: { open5gs: "2.7.2", metrics_agent: "1.0.0", os: "Debian 12" },
  uptime_seconds: 3600,
  system: {
    cpu_percent: 12.5,
    memory_percent: 40,
    disk_percent: 55,
    load_average: [0.5, 0.4, 0.3],
    interfaces: { eth0: { rx_octets: 1000, tx_octets: 2000, rx_errors: 1, tx_errors: 0 } },
  },
  components: {
    mme: "running",
    sgwc: "running",
    sgwu: "running",
    smf: "running",
    upf: { state: "running", restarts: 3 },
  },
  subscribers: { active_sessions: 7, total_connected: 9 },
  apn_stats: [{ apn: "internet", sessions: 7 }],
  ogstun_pool: { total_ips: 65534, allocated_ips: 7, available_ips: 65527, utilization_percent: 0.1 },
  enb_stats: [{ s1_ip: "10.0.0.5", cellid: "256", status: "connected", last_seen: "2026-01-01T00:00:00Z" }],
  throughput: { down_bps: 1e6, up_bps: 2e5 },
};

describe("submit", () => {
  it("makes the EPC online and shows its figures", async () => {
    const { status, body } = await submit(report);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      next_interval: 60,
      commands: [],
      config_version: 1,
      script_version: 1,
    });
    const epc = await read();
    expect(epc.state).toBe("online");
    expect(epc.latest).toMatchObject({ cpu: 12.5, memory: 40, sessions: 7, enbs: 1, down: 1e6 });
    expect(epc.components.upf).toEqual({ state: "running", restarts: 3 });
    expect(epc.interfaces.eth0).toEqual({ rxOctets: 1000, txOctets: 2000, rxErrors: 1, txErrors: 0 });
    expect(epc.versions).toEqual({ open5gs: "2.7.2", agent: "1.0.0", os: "Debian 12" });
  });

  it("accepts the bare object, {metrics: {...}} and an empty heartbeat alike", async () => {
    expect((await submit({ metrics: report })).status).toBe(200);
    expect((await read()).latest?.cpu).toBe(12.5);
    expect((await post("/api/metrics/heartbeat")).status).toBe(200);
  });

  it("costs a steady EPC one read and at most 1.25 writes a minute, over two hours", async () => {
    await submit(report);
    const before = { ...world.deps.store.meter };
    for (let n = 0; n < 120; n++) {
      await minute();
      expect((await submit(report)).status).toBe(200);
    }
    const { reads, writes } = world.deps.store.meter;
    // Two reads of credentials besides: they stay in an instance's memory for an hour.
    expect(reads - before.reads).toBeLessThanOrEqual(120 + 2);
    expect((writes - before.writes) / 120).toBeLessThanOrEqual(1.25);
    const hours = await world.deps.store.raw(paths.history(ours.id, device.epc_id));
    const kept = hours.reduce((sum, hour) => sum + Object.keys(hour.samples).length, 0);
    expect(kept + (await read()).recent.length).toBe(121);
    expect(hours.length).toBeLessThanOrEqual(4);
  }, 60_000);

  it("keeps a spool's backlog at its own times and adds up what was dropped", async () => {
    const now = world.deps.now().getTime();
    const backlog = [3, 2, 1].map((hours) => ({
      ...report,
      collected_at: new Date(now - hours * 3_600_000).toISOString(),
    }));
    expect((await submit({ ...report, backlog, spool_dropped: 4 })).status).toBe(200);
    expect(await world.deps.store.raw(paths.history(ours.id, device.epc_id))).toHaveLength(3);
    expect((await read()).spoolDropped).toBe(4);
  });

  it.each<[string, object, string]>([
    ["a percentage over 100", { system: { cpu_percent: 101 } }, "system.cpu_percent"],
    ["a text for a number", { uptime_seconds: "long" }, "uptime_seconds"],
    ["an unknown component", { components: { hlr: "running" } }, "components"],
    ["an unknown component state", { components: { mme: "fine" } }, "components.mme"],
    ["two load averages", { system: { load_average: [1, 2] } }, "system.load_average"],
    ["a time without a zone", { collected_at: "2026-01-01T00:00:00" }, "collected_at"],
    ["a negative rate", { metrics: { throughput: { down_bps: -1, up_bps: 0 } } }, "throughput.down_bps"],
  ])("refuses %s, names the field and changes nothing", async (_, body, field) => {
    const before = await read();
    const reply = await submit(body);
    expect(reply.status).toBe(400);
    expect(reply.body.error.field).toContain(field);
    expect(await read()).toEqual(before);
  });
});

describe("signatures", () => {
  const reasonOf = async (reply: Promise<Reply>) => {
    const { status, body } = await reply;
    return [status, body.error?.reason];
  };

  it("refuse a replay, an older and a stale request, and say why", async () => {
    const timestamp = (Date.now() / 1000).toFixed(3);
    const first = { timestamp, nonce: "nonce-one" };
    const send = (signing: object) => deviceCall(world.url, device, "POST", "/api/metrics/submit", report, signing);
    expect((await send(first)).status).toBe(200);
    expect(await reasonOf(send(first))).toEqual([401, "replayed"]);
    expect((await send({ ...first, nonce: "nonce-two" })).status).toBe(200);
    expect(await reasonOf(send({ timestamp: (Number(timestamp) - 1).toFixed(3) }))).toEqual([401, "replayed"]);
    const stale = await send({ timestamp: (Date.now() / 1000 - 301).toFixed(0) });
    expect([stale.status, stale.body.error.reason]).toEqual([401, "clock_skew"]);
    expect(Math.abs(Date.parse(stale.headers.get("date") ?? "") - Date.now())).toBeLessThan(5000);
    expect(await reasonOf(send({ timestamp: (Date.now() / 1000 + 301).toFixed(0) }))).toEqual([401, "clock_skew"]);
  });

  it("refuse an altered body, path, method or key", async () => {
    expect(
      await reasonOf(deviceCall(world.url, device, "POST", "/api/metrics/submit", report, { signedBody: "{}" })),
    ).toEqual([401, "signature_mismatch"]);
    const headers = signed(device, "POST", "/api/metrics/submit", "{}");
    expect(await reasonOf(call(world.url, "POST", "/api/metrics/heartbeat", "{}", headers))).toEqual([
      401,
      "signature_mismatch",
    ]);
    expect(await reasonOf(call(world.url, "POST", "/api/metrics/submit?x=1", "{}", headers))).toEqual([
      401,
      "signature_mismatch",
    ]);
    expect(await reasonOf(post("/api/metrics/submit", {}, { ...device, secret_key: stranger.secret_key }))).toEqual([
      401,
      "signature_mismatch",
    ]);
    expect(await reasonOf(post("/api/metrics/submit", {}, { ...device, auth_code: stranger.auth_code }))).toEqual([
      401,
      "signature_mismatch",
    ]);
    expect(await reasonOf(post("/api/metrics/submit", {}, { ...device, api_key: "0".repeat(64) }))).toEqual([
      401,
      "credential_unknown",
    ]);
    expect(await reasonOf(call(world.url, "POST", "/api/metrics/submit", "{}"))).toEqual([401, "signature_malformed"]);
  });

  it("speak for their own EPC alone", async () => {
    const path = `/api/epc/${stranger.epc_id}/progress`;
    const progress = { script_version: 1, step: "x", step_state: "running", percent: 1 };
    expect((await post(path, progress)).status).toBe(404);
    expect((await deviceCall(world.url, device, "GET", `/api/epc/${stranger.epc_id}/deployment-script`)).status).toBe(
      404,
    );
  });

  it("race for one mark without losing either write", async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => post("/api/metrics/heartbeat")));
    const statuses = replies.map((reply) => reply.status);
    expect(statuses.every((status) => status === 200 || status === 401)).toBe(true);
    expect(
      replies.filter((reply) => reply.status === 401).every((reply) => reply.body.error.reason === "replayed"),
    ).toBe(true);
    expect((await read()).recent.length).toBe(statuses.filter((status) => status === 200).length);
  });

  it("are counted: a flood is 429 with Retry-After, and another credential is not held up", async () => {
    const replies = await Promise.all(
      Array.from({ length: 200 }, () =>
        call(world.url, "POST", "/api/metrics/submit", "{}", signed(device, "POST", "/x")),
      ),
    );
    const flooded = replies.filter((reply) => reply.status === 429);
    expect(flooded.length).toBeGreaterThan(0);
    expect(replies.every((reply) => reply.status === 401 || reply.status === 429)).toBe(true);
    expect(Number(flooded[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await post("/api/metrics/submit", {}, stranger)).status).toBe(200);
  });
});

describe("silence", () => {
  it("of three intervals is offline, decided by the schedule, with an event; the next report brings it back", async () => {
    await submit(report);
    await minute(2);
    await sweep(ownTenants(world.deps, [ours, theirs]));
    expect((await read()).state).toBe("online");
    await minute(1.1);
    await sweep(ownTenants(world.deps, [ours, theirs]));
    const gone = await read();
    expect([gone.state, gone.offlineAt]).toEqual(["offline", undefined]);
    await sweep(ownTenants(world.deps, [ours, theirs]));
    await submit(report);
    expect((await read()).state).toBe("online");
    const states = (await events("state")).map((event) => event.message);
    expect(states[0]).toBe("enrolled → online");
    expect(states[1]).toMatch(/^online → offline/);
    expect(states[2]).toBe("offline → online");
    expect(states).toHaveLength(3);
  });

  it("of a stopped component is degraded, and says which", async () => {
    await submit({ ...report, components: { ...report.components, smf: "stopped" } });
    expect(await read()).toMatchObject({ state: "degraded", ailments: ["smf stopped"] });
  });
});

async function events(type: string) {
  const all = await world.deps.store.raw(paths.events(ours.id, device.epc_id));
  return all.filter((event) => event.type === type).sort((a, b) => a.at.toMillis() - b.at.toMillis());
}

describe("events", () => {
  const attach = {
    type: "attach",
    imsi: "001010000000001",
    imei: "490154203237518",
    apn: "internet",
    ip: "10.45.0.2",
    at: "2026-01-01T00:00:00Z",
  };

  it("repeated add nothing", async () => {
    const batch = { events: [attach, { ...attach, type: "detach", cause: "power off" }] };
    expect((await post("/api/metrics/events", batch)).body).toEqual({ success: true, accepted: 2 });
    expect((await post("/api/metrics/events", batch)).status).toBe(200);
    expect([(await events("attach")).length, (await events("detach")).length]).toEqual([1, 1]);
    expect((await events("attach"))[0]?.data).toMatchObject({ imsi: attach.imsi, ip: attach.ip });
  });

  it("come one by one as well", async () => {
    const { type: _, ...bare } = attach;
    expect((await post("/api/metrics/attach", bare)).status).toBe(200);
    expect((await post("/api/metrics/detach", { ...bare, cause: "lost" })).status).toBe(200);
    expect((await events("detach"))[0]?.message).toContain("lost");
  });

  it("with a bad IMSI are refused whole", async () => {
    const reply = await post("/api/metrics/events", { events: [attach, { ...attach, imsi: "12ab" }] });
    expect([reply.status, reply.body.error.field]).toEqual([400, "events.1.imsi"]);
    expect(await events("attach")).toHaveLength(0);
  });
});

describe("progress", () => {
  const say = (fields: object) =>
    post(`/api/epc/${device.epc_id}/progress`, {
      script_version: 1,
      step: "packages",
      step_state: "running",
      percent: 10,
      ...fields,
    });

  it("runs from enrolled through deploying to online, step by step", async () => {
    await say({});
    expect(await read()).toMatchObject({ state: "deploying", deployment: { percent: 10, state: "running" } });
    await submit(report);
    expect((await read()).state).toBe("deploying");
    await say({ step_state: "succeeded", percent: 50 });
    await say({ step: "verify", step_state: "succeeded", percent: 100, state: "succeeded" });
    await submit(report);
    const epc = await read();
    expect(epc).toMatchObject({
      state: "online",
      deployedScriptVersion: 1,
      deployment: { state: "succeeded", percent: 100 },
    });
    expect(epc.deployment?.steps.map(({ name, state }) => [name, state])).toEqual([
      ["packages", "succeeded"],
      ["verify", "succeeded"],
    ]);
    expect((await events("deployment")).map((event) => event.message)).toEqual([
      "Deployment of script version 1 started",
      "Deployment of script version 1 succeeded",
    ]);
  });

  it("that fails says where and why", async () => {
    await say({ step: "open5gs", step_state: "failed", state: "failed", message: "no such package" });
    expect((await events("deployment")).at(-1)).toMatchObject({
      severity: "error",
      message: "Deployment of script version 1 failed at open5gs: no such package",
    });
  });
});

describe("commands", () => {
  const issue = (body: object, key = ours.apiKey, id = device.epc_id) =>
    call(world.url, "POST", `/api/epc/${id}/commands`, body, { "x-api-key": key });
  const state = async (id: string) =>
    (await world.deps.store.commands.need("command", ours.id, EpcId.parse(device.epc_id), id)).data;

  it("travel in the reply, run, and bring their output back once", async () => {
    const { body } = await issue({ type: "diagnostics", tool: "ping", host: "9.9.9.9" });
    expect(body.state).toBe("queued");
    const { commands } = (await submit()).body;
    expect(commands).toMatchObject([
      { id: body.command_id, request: { type: "diagnostics", tool: "ping", host: "9.9.9.9" } },
    ]);
    expect((await state(body.command_id)).state).toBe("delivered");
    expect((await submit()).body.commands).toHaveLength(1);
    const result = (fields: object) => post("/api/metrics/command-result", { command_id: body.command_id, ...fields });
    await result({ state: "running" });
    expect((await submit()).body.commands).toHaveLength(0);
    await result({ state: "succeeded", exit_code: 0, output: "3 packets" });
    await result({ state: "failed", exit_code: 1, output: "again" });
    expect(await state(body.command_id)).toMatchObject({ state: "succeeded", output: "3 packets", exitCode: 0 });
    expect((await read()).pendingCommands).toEqual([]);
  });

  it("can be cancelled until they run, and expire after a day", async () => {
    const first = (await issue({ type: "reboot" })).body.command_id;
    expect(
      (
        await call(
          world.url,
          "POST",
          `/api/epc/${device.epc_id}/commands/${first}/cancel`,
          {},
          { "x-api-key": ours.apiKey },
        )
      ).status,
    ).toBe(200);
    const second = (await issue({ type: "reboot" })).body.command_id;
    world.deps.clock.offsetMs = 25 * 3_600_000;
    await sweep(ownTenants(world.deps, [ours, theirs]));
    expect([(await state(first)).state, (await state(second)).state]).toEqual(["cancelled", "expired"]);
    expect((await read()).pendingCommands).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["an unknown type", { type: "explode" }, "type"],
    ["a host that is an option", { type: "diagnostics", tool: "ping", host: "-f" }, "host"],
    ["a host with shell in it", { type: "diagnostics", tool: "ping", host: "a;reboot" }, "host"],
    ["an unknown service", { type: "service", action: "restart", service: "sshd" }, "service"],
    ["a stray parameter", { type: "reboot", now: true }, "now"],
  ])("refuse %s", async (_, body, field) => {
    const reply = await issue(body);
    expect([reply.status, reply.body.error.field]).toEqual([400, field]);
  });

  it("of shell need an owner and the tenant's switch", async () => {
    expect((await issue({ type: "shell", script: "id" })).status).toBe(403);
  });

  it("are not for another tenant", async () => {
    expect((await issue({ type: "reboot" }, theirs.apiKey)).status).toBe(404);
    const mine = (await issue({ type: "reboot" })).body.command_id;
    const theirsOwn = await post("/api/metrics/command-result", { command_id: mine, state: "succeeded" }, stranger);
    expect(theirsOwn.status).toBe(404);
  });
});

describe("credentials", () => {
  it("renewed by the device: the old hold until the new are used", async () => {
    const renewed = { ...device, ...(await post(`/api/epc/${device.epc_id}/credentials`)).body };
    expect((await submit()).status).toBe(200);
    expect((await post("/api/metrics/submit", {}, renewed)).status).toBe(200);
    expect((await submit()).body.error.reason).toBe("credential_superseded");
  });

  it("revoked by an operator end at once, everywhere, and the box returns only by approval", async () => {
    await submit();
    const revoke = (key: string) =>
      call(world.url, "POST", `/api/epc/${device.epc_id}/revoke-credentials`, {}, { "x-api-key": key });
    expect((await revoke(theirs.apiKey)).status).toBe(404);
    expect((await submit()).status).toBe(200);
    expect((await revoke(ours.apiKey)).status).toBe(200);
    expect((await submit()).body.error.reason).toBe("credential_revoked");
    const again = registration({
      hardware_id: (await read()).hardware.hardwareId,
      tenant_id: ours.id,
      enrollment_token: ours.token,
    });
    expect((await call(world.url, "POST", "/api/epc/auto-register", again)).status).toBe(202);
  });
});

it("never serves a script whose object was altered", async () => {
  const script = (await world.deps.store.scripts.need("script", ours.id, EpcId.parse(device.epc_id), 1)).data;
  await world.deps.store.objects.put(
    objects.script(ours.id, device.epc_id, 1, script.sha256),
    "#!/bin/sh\nreboot\n",
    "text/plain",
  );
  const reply = await deviceCall(world.url, device, "GET", `/api/epc/${device.epc_id}/deployment-script`);
  expect([reply.status, reply.body.error.code]).toEqual([500, "internal"]);
  expect(reply.body.error.message).not.toContain(ours.id);
});
