import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { EpcId, paths } from "@wisptools/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call, deviceCall, registration } from "./testing/client.ts";
import { idToken, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

// The apps run in a process of their own, so that everything they write can be read.
const SERVER = `
const { startWorld } = await import(${JSON.stringify(join(import.meta.dirname, "testing/world.ts"))});
console.log("listening at " + (await startWorld()).url);
`;

let server: ChildProcess;
let url: string;
let written = "";
let world: World;
let ours: TestTenant;

beforeAll(async () => {
  world = await startWorld();
  ours = await makeTenant(world.deps);
  server = spawn(process.execPath, ["--input-type=module", "-e", SERVER], { stdio: ["ignore", "pipe", "pipe"] });
  url = await new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      written += chunk;
      const found = /listening at (\S+)/.exec(written)?.[1];
      if (found) resolve(found);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("exit", () => reject(new Error(written)));
  });
});
afterAll(async () => {
  server.kill();
  await world.close();
});

it("writes no secret to the log, whatever is refused or breaks", async () => {
  const enrol = (fields: object) =>
    call(url, "POST", "/api/epc/auto-register", registration({ tenant_id: ours.id, ...fields }));
  const device = (await enrol({ enrollment_token: ours.token })).body;
  const waiting = (await enrol({})).body;
  const owner = await idToken(ours.owner);
  await deviceCall(url, { ...device, secret_key: "0".repeat(64) }, "POST", "/api/metrics/submit", {});
  await deviceCall(url, device, "POST", "/api/metrics/submit", { system: "broken" });
  await enrol({ enrollment_token: `${ours.token}x` });
  await call(url, "GET", "/api/epc", undefined, { "x-api-key": `${ours.apiKey}x` });
  await call(url, "GET", "/api/me", undefined, { authorization: `Bearer ${owner}x` });
  const headers = { authorization: `Bearer ${owner}` };
  const invitation = { email: "a@b.test", role: "viewer" };
  const invited = await call(url, "POST", `/api/tenants/${ours.id}/invitations`, invitation, headers);

  const keys = { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" };
  const q = `?tenant_id=${ours.id}`;
  await call(
    url,
    "POST",
    `/api/hss/subscribers${q}`,
    { imsi: "001010000000001", keys: { ...keys, op: keys.opc } },
    headers,
  );
  const text = `imsi,k,opc\n001010000000001,${keys.k},x`;
  await call(url, "POST", `/api/hss/imports/preview${q}`, { format: "csv", text }, headers);
  await world.deps.store.write().patch(paths.secret(ours.id, "subscriberKeys"), { tag: "AAAA" }).commit();
  const unopened = await call(url, "POST", `/api/hss/subscribers${q}`, { imsi: "001010000000001", keys }, headers);
  expect(unopened.status).toBe(500);

  const document = paths.epc(ours.id, EpcId.parse(device.epc_id));
  await world.deps.store.write().patch(document, { tac: device.secret_key }).commit();
  const broken = await deviceCall(url, device, "POST", "/api/metrics/submit", {});
  expect([broken.status, broken.body.error.message]).toEqual([500, "something went wrong on our side"]);

  for (const line of ["epc enrolled", "box waiting", "signature refused", "unknown error"])
    expect(written).toContain(line);
  const { auth_code, api_key, secret_key } = device;
  const secrets = {
    auth_code,
    api_key,
    secret_key,
    token: ours.token,
    apiKey: ours.apiKey,
    owner,
    claim: waiting.claim_secret,
    invitation: invited.body.code,
    ...keys,
  };
  for (const [name, secret] of Object.entries(secrets)) {
    expect(String(secret).length, name).toBeGreaterThan(10);
    expect(written.includes(String(secret)), name).toBe(false);
  }
});
