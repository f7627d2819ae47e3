import { createHash } from "node:crypto";
import { paths, type TenantId } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnrolmentToken, revokeEnrolmentToken } from "./operations/accessKeys.ts";
import { type Credentials, call, deviceCall, type Reply, registration, signed } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;

beforeAll(async () => {
  world = await startWorld();
  [ours, theirs] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps)]);
});
afterAll(() => world.close());

const register = (fields: object, headers = {}): Promise<Reply> =>
  call(
    world.url,
    "POST",
    "/api/epc/auto-register",
    registration({ tenant_id: ours.id, enrollment_token: ours.token, ...fields }),
    headers,
  );
const epcOf = async (tenantId: TenantId, credentials: Credentials) =>
  (await world.deps.store.epcs.need("EPC", tenantId, credentials.epc_id)).data;
const heartbeat = (credentials: Credentials) =>
  deviceCall(world.url, credentials, "POST", "/api/metrics/heartbeat", {});

describe("auto-register", () => {
  it("answers everything a box needs, and the script it names is there, hashed and signed", async () => {
    const { status, body } = await register({});
    expect(status).toBe(201);
    expect(body).toMatchObject({ success: true, existing: false, site_name: "Auto-wisp-epc-node" });
    expect(body.epc_id).toMatch(/^epc_[0-9a-f]{16}$/);
    expect(body.auth_code).toMatch(/^[0-9a-f]{32}$/);
    expect(body.api_key).toMatch(/^[0-9a-f]{64}$/);
    expect(body.secret_key).toMatch(/^[0-9a-f]{64}$/);
    expect(body.network_config).toMatchObject({ mcc: "001", mnc: "01", apn: "internet" });
    expect(body.deployment_script_url).toBe(`/api/epc/${body.epc_id}/deployment-script`);
    const script = await deviceCall(world.url, body, "GET", body.deployment_script_url);
    expect(script.status).toBe(200);
    expect(script.headers.get("content-type")).toMatch(/^text\/x-shellscript/);
    expect(createHash("sha256").update(script.body).digest("hex")).toBe(body.deployment_script_sha256);
    expect(script.headers.get("etag")).toBe(`"${body.deployment_script_sha256}"`);
    const signature = await deviceCall(world.url, body, "GET", `${body.deployment_script_url}.asc`);
    await verify(script.body, signature.body, body.signing_key);
    await expect(verify(`${script.body} `, signature.body, body.signing_key)).rejects.toThrow();
  });

  it("takes tenant and token from headers as well, and the token alone", async () => {
    const bare = registration();
    const headers = { "x-tenant-id": ours.id, "x-enrollment-token": ours.token };
    expect((await call(world.url, "POST", "/api/epc/auto-register", bare, headers)).status).toBe(201);
    expect((await register({ tenant_id: undefined })).body.tenant_id).toBe(ours.id);
  });

  it("ignores unknown fields and nulls", async () => {
    expect((await register({ colour: "blue", serial_number: null, csr: "" })).status).toBe(201);
  });

  it.each<[string, object, number, string]>([
    [
      "hardware that identifies nothing",
      { hardware_id: "", serial_number: "None", mac_address: "" },
      400,
      "hardware_id",
    ],
    ["a number for a text", { serial_number: 5 }, 400, "serial_number"],
    ["an overlong hostname", { system_info: { hostname: "x".repeat(300) } }, 400, "system_info.hostname"],
    ["a malformed tenant", { tenant_id: "../../x" }, 400, "tenant_id"],
    ["an unknown tenant", { tenant_id: "tenant_nobody", enrollment_token: undefined }, 404, "tenant_id"],
    ["no tenant at all", { tenant_id: undefined, enrollment_token: undefined }, 400, "tenant_id"],
    ["an unknown token", { enrollment_token: "wt_enroll_wrong" }, 403, "enrollment_token"],
  ])("refuses %s and names the field", async (_, fields, status, field) => {
    const reply = await register(fields);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ success: false, error: { field } });
    expect(reply.body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("refuses a token of another tenant, whoever is named", async () => {
    expect((await register({ enrollment_token: theirs.token })).body.error.field).toBe("enrollment_token");
    expect((await register({}, {})).status).toBe(201);
  });

  it("refuses malformed JSON and bodies over the limit", async () => {
    const broken = await call(world.url, "POST", "/api/epc/auto-register", "{nope");
    expect([broken.status, broken.body.error.code]).toEqual([400, "invalid-argument"]);
    const big = await register({ csr: "x".repeat(2_000_000) });
    expect([big.status, big.body.error.code]).toEqual([413, "payload-too-large"]);
  });
});

describe("the same hardware", () => {
  it("50 times in parallel is one EPC, with one TAC and one hardware document", async () => {
    const hardware_id = crypto.randomUUID();
    const used = await world.deps.store.tacs.used(ours.id);
    const replies = await Promise.all(Array.from({ length: 50 }, () => register({ hardware_id })));
    expect(new Set(replies.map((reply) => reply.body.epc_id)).size).toBe(1);
    expect(replies.map((reply) => reply.status).sort()).toEqual([...Array(49).fill(200), 201]);
    expect((await world.deps.store.tacs.used(ours.id)).size).toBe(used.size + 1);
    const last = replies.find((reply) => reply.status === 201)?.body as Credentials;
    expect((await heartbeat(last)).status).toBe(200);
  }, 60_000);

  it("keeps its epc_id, and the old credentials end when the new are first used", async () => {
    const hardware_id = crypto.randomUUID();
    const first = (await register({ hardware_id })).body;
    const second = (await register({ hardware_id })).body;
    expect(second).toMatchObject({ epc_id: first.epc_id, existing: true });
    expect(second.network_config.tac).toBe(first.network_config.tac);
    expect((await heartbeat(first)).status).toBe(200);
    expect((await heartbeat(second)).body.error.reason).toBe("credential_superseded");
  });

  it("waits while the old EPC reports, unless its own credentials sign the request", async () => {
    const hardware_id = crypto.randomUUID();
    const first = (await register({ hardware_id })).body;
    await heartbeat(first);
    expect((await register({ hardware_id })).status).toBe(202);
    const body = registration({ hardware_id, tenant_id: ours.id });
    const headers = signed(first, "POST", "/api/epc/auto-register", JSON.stringify(body));
    const renewed = await call(world.url, "POST", "/api/epc/auto-register", body, headers);
    expect([renewed.status, renewed.body.epc_id]).toEqual([200, first.epc_id]);
    expect((await heartbeat(first)).status).toBe(200);
    expect((await heartbeat(renewed.body)).status).toBe(200);
    expect((await heartbeat(first)).body.error.reason).toBe("credential_superseded");
  });

  it("signed: the same request twice is a replay, and a wrong clock is told, not made to wait", async () => {
    const hardware_id = crypto.randomUUID();
    const first = (await register({ hardware_id })).body;
    await heartbeat(first);
    const body = JSON.stringify(registration({ hardware_id, tenant_id: ours.id }));
    const path = "/api/epc/auto-register";
    const headers = signed(first, "POST", path, body);
    const renewed = await call(world.url, "POST", path, body, headers);
    const again = await call(world.url, "POST", path, body, headers);
    expect([renewed.status, again.status, again.body.error?.reason]).toEqual([200, 401, "replayed"]);
    const late = { timestamp: (Date.now() / 1000 - 400).toFixed(0) };
    const stale = await call(world.url, "POST", path, body, signed(first, "POST", path, body, late));
    expect([stale.status, stale.body.error?.reason]).toEqual([401, "clock_skew"]);
  });

  it("is refused to another tenant without saying whose it is", async () => {
    const hardware_id = crypto.randomUUID();
    await register({ hardware_id });
    const reply = await register({ hardware_id, tenant_id: theirs.id, enrollment_token: theirs.token });
    expect([reply.status, reply.body.error.reason]).toEqual([412, "hardware_taken"]);
    expect(JSON.stringify(reply.body)).not.toContain(ours.id);
  });
});

describe("TACs", () => {
  it("20 parallel boxes get the 20 of the pool, and the 21st a clear refusal that leaves nothing behind", async () => {
    const small = await makeTenant(world.deps, { tacRanges: [{ from: 100, to: 119 }] });
    const enrol = () =>
      call(
        world.url,
        "POST",
        "/api/epc/auto-register",
        registration({ tenant_id: small.id, enrollment_token: small.token }),
      );
    const replies = await Promise.all(Array.from({ length: 20 }, enrol));
    const tacs = replies.map((reply) => reply.body.network_config?.tac).sort();
    expect(tacs).toEqual(Array.from({ length: 20 }, (_, n) => 100 + n));
    const refused = await enrol();
    expect([refused.status, refused.body.error.reason]).toEqual([429, "tac_pool_empty"]);
    expect((await world.deps.store.epcs.page(small.id, 50)).items).toHaveLength(20);
  }, 60_000);

  it("come from the tenant's own PLMN", async () => {
    const abroad = await makeTenant(world.deps, { plmns: [{ mcc: "310", mnc: "410" }] });
    const { body } = await register({ tenant_id: abroad.id, enrollment_token: abroad.token });
    expect(body.network_config).toMatchObject({ mcc: "310", mnc: "410" });
  });
});

describe("enrolment tokens", () => {
  it("with a limit are spent exactly that often, in a race too", async () => {
    const token = await createEnrolmentToken(world.deps, ours.caller, { label: "three", max_uses: 3 });
    const replies = await Promise.all(Array.from({ length: 10 }, () => register({ enrollment_token: token.secret })));
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 201, 201, ...Array(7).fill(403)]);
    expect(
      replies.filter((reply) => reply.status === 403).every((reply) => reply.body.error.reason === "token_exhausted"),
    ).toBe(true);
    expect((await world.deps.store.enrolmentTokens.need("token", ours.id, token.id)).data.uses).toBe(3);
  }, 60_000);

  it("let the box that spent the last use ask again", async () => {
    const token = await createEnrolmentToken(world.deps, ours.caller, { label: "one", max_uses: 1 });
    const box = { hardware_id: crypto.randomUUID(), enrollment_token: token.secret };
    expect((await register(box)).status).toBe(201);
    expect((await register(box)).status).toBe(200);
  });

  it("expire and can be revoked", async () => {
    const expiring = await createEnrolmentToken(world.deps, ours.caller, { label: "short", expires_in_days: 1 });
    world.deps.clock.offsetMs = 25 * 3_600_000;
    const expired = await register({ enrollment_token: expiring.secret });
    world.deps.clock.offsetMs = 0;
    expect([expired.status, expired.body.error.reason]).toEqual([403, "token_expired"]);
    const revoked = await createEnrolmentToken(world.deps, ours.caller, { label: "gone" });
    await revokeEnrolmentToken(world.deps, ours.caller, revoked.id);
    expect((await register({ enrollment_token: revoked.secret })).body.error.reason).toBe("token_revoked");
  });
});

describe("boxes that wait", () => {
  const wait = (fields: object = {}) => register({ enrollment_token: undefined, ...fields });
  const decide = (id: string, verb: string, body: object, key = ours.apiKey) =>
    call(world.url, "POST", `/api/epc/claims/${id}/${verb}`, body, { "x-api-key": key });

  it("get a claim, and after an operator's approval their credentials, once", async () => {
    const box = registration({ tenant_id: ours.id });
    const post = (fields = {}) => call(world.url, "POST", "/api/epc/auto-register", { ...box, ...fields });
    const { status, body } = await post();
    expect(status).toBe(202);
    expect(body.poll_interval).toBeGreaterThan(0);
    const claim = { claim_id: body.claim_id, claim_secret: body.claim_secret };
    expect((await post(claim)).body).toMatchObject({ ...claim, confirmation_code: body.confirmation_code });
    expect((await decide(body.claim_id, "approve", { code: "WRONG1" })).body.error.field).toBe("code");
    expect((await decide(body.claim_id, "approve", { code: body.confirmation_code }, theirs.apiKey)).status).toBe(404);
    const approved = await decide(body.claim_id, "approve", { code: body.confirmation_code, site_name: "Hill top" });
    expect(approved.status).toBe(200);
    expect((await decide(body.claim_id, "approve", { code: body.confirmation_code })).status).toBe(412);
    const enrolled = await post(claim);
    expect([enrolled.status, enrolled.body.site_name]).toEqual([201, "Hill top"]);
    expect((await epcOf(ours.id, enrolled.body)).enrolment.claimId).toBe(body.claim_id);
    const lost = await post(claim); // the first answer never arrived
    expect([lost.status, lost.body.epc_id]).toEqual([200, enrolled.body.epc_id]);
    expect((await heartbeat(lost.body)).status).toBe(200);
    expect((await post(claim)).status).toBe(202);
  });

  it("do not share an approval with someone who only knows their hardware", async () => {
    const box = registration({ tenant_id: ours.id });
    const { body } = await call(world.url, "POST", "/api/epc/auto-register", box);
    await decide(body.claim_id, "approve", { code: body.confirmation_code });
    const thief = await call(world.url, "POST", "/api/epc/auto-register", box);
    expect(thief.status).toBe(202);
    expect(thief.body.confirmation_code).not.toBe(body.confirmation_code);
    const guess = { ...box, claim_id: body.claim_id, claim_secret: "0".repeat(64) };
    expect((await call(world.url, "POST", "/api/epc/auto-register", guess)).status).toBe(202);
  });

  it("are told of a rejection", async () => {
    const box = { hardware_id: crypto.randomUUID() };
    const { body } = await wait(box);
    expect((await decide(body.claim_id, "reject", {})).status).toBe(200);
    const again = await wait(box);
    expect([again.status, again.body.error.reason]).toEqual([403, "claim_rejected"]);
  });

  it("need no claim under the open policy, and always one under approval", async () => {
    const open = await makeTenant(world.deps, { enrolmentPolicy: "open" });
    expect((await wait({ tenant_id: open.id })).status).toBe(201);
    const strict = await makeTenant(world.deps, { enrolmentPolicy: "approval" });
    expect((await register({ tenant_id: strict.id, enrollment_token: strict.token })).status).toBe(202);
  });

  it("leave no EPC, hardware or TAC behind while they wait", async () => {
    const fresh = await makeTenant(world.deps);
    await wait({ tenant_id: fresh.id });
    expect((await world.deps.store.epcs.page(fresh.id, 5)).items).toEqual([]);
    expect((await world.deps.store.tacs.used(fresh.id)).size).toBe(0);
  });
});

it("keeps no secret readable: only hashes and sealed envelopes are stored", async () => {
  const { body } = await register({});
  const id = createHash("sha256").update(body.api_key).digest("hex");
  const documents = [
    await epcOf(ours.id, body),
    (await world.deps.store.deviceCredentials.need("credential", id)).data,
    await world.deps.store.raw(paths.audits(ours.id)),
    await world.deps.store.raw(paths.enrolmentTokens(ours.id)),
    await world.deps.store.raw(paths.events(ours.id, body.epc_id)),
  ];
  const text = JSON.stringify(documents);
  for (const secret of [body.auth_code, body.api_key, body.secret_key, ours.token]) expect(text).not.toContain(secret);
});

async function verify(text: string, signature: string, publicKey: string): Promise<void> {
  const openpgp = await import("openpgp");
  const result = await openpgp.verify({
    message: await openpgp.createMessage({ binary: Buffer.from(text) }),
    signature: await openpgp.readSignature({ armoredSignature: signature }),
    verificationKeys: await openpgp.readKey({ armoredKey: publicKey }),
  });
  await result.signatures[0]?.verified;
}
