// The unmodified client against the function: its octets in, and its scan of the octets that come back.
import { passesLuhn, paths, RemsimServer, RemsimServerId } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RemsimClientConfig, registerRemsimClient } from "../../scripts/dev/simulator/remsimClient.ts";
import { createSimBank } from "./operations/remsim/banks.ts";
import { putSimCard } from "./operations/remsim/cards.ts";
import { createRemsimCredential } from "./operations/remsim/credentials.ts";
import { createKiPool } from "./operations/remsim/pools.ts";
import { randomHex } from "./operations/secrets.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const TENANT_NUMBER = 4711;
let world: World;
let ours: TestTenant;
let login: string;
let made = 0;

beforeAll(async () => {
  world = await startWorld();
  const { deps } = world;
  ours = await makeTenant(deps, { remsimTenantId: TENANT_NUMBER });
  const serverId = RemsimServerId.parse(`s-${randomHex(6)}`);
  const server = RemsimServer.parse({
    ...{ schemaVersion: 1, id: serverId, label: "Test", host: "sim.example.net", port: 9998 },
    ...{ restUrl: "http://127.0.0.1:1", tenants: [], createdAt: deps.now() },
  });
  await deps.store.write().create(paths.remsimServer(serverId), server).commit();
  for (const bank_id of [1, 2]) {
    await createSimBank(deps, ours.caller, {
      bank_id,
      label: `Bank ${bank_id}`,
      server_id: serverId,
      regions: [],
      slots: 3,
    });
    for (const slotId of [1, 2, 3]) {
      const number = `${bank_id}${slotId}`.padStart(12, "0");
      await putSimCard(deps, ours.caller, {
        ...{ iccid: withCheckDigit(`890141${number}`), imsi: `310410${number.slice(3)}` as never, mcc_mnc: "310410" },
        ...{ carrier: 'A carrier "with" quotes', label: "", slot: { bankId: bank_id, slotId } },
      });
    }
  }
  await createKiPool(deps, ours.caller, {
    ...{ name: "Pool", enabled: true, bankId: 2, firstSlot: 1, lastSlot: 3, profilesPerSlot: 2, maxProfiles: 6 },
  });
  const credential = await createRemsimCredential(deps, ours.caller, { login: "router1", label: "Site", region: null });
  login = `${credential.login}:${credential.secret}`;
});
afterAll(() => world.close());

function withCheckDigit(digits: string): string {
  return [..."0123456789"].map((digit) => digits + digit).find(passesLuhn) ?? "";
}

function client(fields: Partial<RemsimClientConfig> = {}, user = login) {
  const { hostname, port } = new URL(world.url);
  return registerRemsimClient({
    ...{ host: `${user}@${hostname}`, port: Number(port), clientId: `vm${++made}-slot0` },
    ...{ mode: "ONE_TO_ONE_SWSIM", mccMnc: "310410", tenantNumber: TENANT_NUMBER },
    ...fields,
  });
}

/** Status line and body. */
function parts(raw: string): { status: string; body: string } {
  return { status: raw.slice(0, raw.indexOf("\r\n")), body: raw.slice(raw.indexOf("\r\n\r\n") + 4) };
}

describe("the unmodified client", () => {
  it.each(["ONE_TO_ONE_SWSIM", "ONE_TO_ONE_VSIM"])(
    "gets a card in mode %s, and reads it from the text",
    async (mode) => {
      const { assignment, raw } = await client({ mode });
      expect(assignment).toMatchObject({ bankId: 1, serverHost: "sim.example.net", serverPort: 9998, mode });
      const { status, body } = parts(raw);
      expect(status).toBe("HTTP/1.1 200 OK");
      expect(body).toMatch(
        new RegExp(
          `^\\{"status":"success","bank_id":1,"slot_id":[123],"iccid":"\\d{19}","imsi":"\\d{15}","bankd_endpoint":"sim.example.net:9998","mapping_mode":"${mode}",`,
        ),
      );
      expect(body).not.toMatch(/": /);
      expect(body).not.toContain('"status":"error"');
    },
  );

  it("gets a profile of a pool in mode KI_PROXY_SWSIM, with an RSPRO identity beyond the pool's cards", async () => {
    const replies = [await client({ mode: "KI_PROXY_SWSIM" }), await client({ mode: "KI_PROXY_SWSIM" })];
    const [first, second] = replies.map(({ assignment }) => assignment);
    expect(first).toMatchObject({ bankId: 2, mode: "KI_PROXY_SWSIM" });
    expect(first?.slotId).toBeGreaterThan(3);
    expect(second?.slotId).toBeGreaterThan(3);
    expect(second?.slotId).not.toBe(first?.slotId);
  });

  it("gets the same octets for the same card however often it starts", async () => {
    const fields = { clientId: "again-slot0" };
    const replies = [await client(fields), await client(fields), await client(fields)];
    const [first, ...more] = replies.map(({ raw }) => parts(raw).body.replace(/"existing":(true|false)/, ""));
    expect(more).toEqual([first, first]);
    await (
      await fetch(`${world.url}/api/backend/v1/remsim/unregister/again-slot0`, {
        method: "DELETE",
        headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}` },
      })
    ).text();
  });

  it("that asks for no network gets a card of any", async () => {
    const { assignment } = await client({ mode: "KI_PROXY_SWSIM", mccMnc: "" });
    expect(assignment?.bankId).toBe(2);
  });
});

describe("falls back, told why, when", () => {
  it.each<[what: string, fields: Partial<RemsimClientConfig>, status: number, said: RegExp]>([
    [
      "the mode is none there is",
      { mode: "TWO_TO_ONE" },
      400,
      /"available_modes":\["ONE_TO_ONE_SWSIM","ONE_TO_ONE_VSIM","KI_PROXY_SWSIM"\]/,
    ],
    ["the network is no number", { mccMnc: "3104" }, 400, /mcc_mnc/],
    ["its name needs escaping and has none", { clientId: 'vm"-slot0' }, 400, /JSON/],
    ["its name is empty", { clientId: "" }, 400, /client_id/],
    ["it names another tenant's number", { tenantNumber: 4712 }, 403, /tenant_id/],
    ["no card is of its network", { mccMnc: "999999" }, 503, /no_slot/],
  ])("%s", async (_, fields, status, said) => {
    const { assignment, raw } = await client(fields);
    expect(assignment).toBeUndefined();
    expect(parts(raw).status).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(parts(raw).body).toMatch(said);
    expect(parts(raw).body).toContain('"status":"error"');
  });

  it.each([
    ["its login is unknown", "router1:wrong"],
    ["it has none", ""],
  ])("%s", async (_, user) => {
    const { hostname } = new URL(world.url);
    const { assignment, raw } = await client(user === "" ? { host: hostname } : {}, user);
    expect(assignment).toBeUndefined();
    expect(parts(raw).status).toMatch(/^HTTP\/1.1 401 /);
  });
});
