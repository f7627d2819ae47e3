import { createHash } from "node:crypto";
import { Imsi, paths } from "@wisptools/core";
import { openSubscriberKeys } from "@wisptools/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, type Reply } from "./testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const K = "465b5ce8b199b49faa5f0a2ee238a6bc";
const OPC = "e8ed289deba952e4283b54e88e6183ca";
const K2 = "0396eb317b6d1c36f19c1c84cd6ffd16";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let serial = 0;
const NETWORK = { mcc: "902", mnc: String(Math.floor(Math.random() * 900) + 100) };
const newImsi = () => Imsi.parse(NETWORK.mcc + NETWORK.mnc + String(++serial).padStart(9, "0"));

beforeAll(async () => {
  world = await startWorld();
  const plmns = { plmns: [NETWORK] };
  [ours, theirs] = await Promise.all([makeTenant(world.deps, plmns), makeTenant(world.deps, plmns)]);
});
afterAll(() => world.close());

const send = (method: string, path: string, body?: unknown, tenant = ours) =>
  call(world.url, method, `/api/hss${path}`, body, { "x-api-key": tenant.apiKey });
const preview = async (text: string, fields: object = {}) =>
  send("POST", "/imports/preview", { format: "csv", text, ...fields });
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const begin = (text: string, total: number) =>
  send("POST", "/imports", { file_name: "x.csv", sha256: sha256(text), total });
const rows = (id: string, offset: number, text: string, fields: object = {}) =>
  send("POST", `/imports/${id}/rows`, { offset, format: "csv", text, ...fields });
const subscriber = async (imsi: string) => (await send("GET", `/subscribers/${imsi}`)).body.subscriber;
const said = ({ status, body }: Reply) => [status, body.error?.code, body.error?.field];
const counts = ({ body }: Reply) => [body.created, body.updated, body.unchanged, body.failed, body.next, body.finished];

async function whole(text: string, total: number, fields: object = {}): Promise<{ reply: Reply; id: string }> {
  const id = (await begin(text, total)).body.import_id;
  return { reply: await rows(id, 0, text, fields), id };
}
const errorsOf = async (id: string) => (await world.deps.store.subscriberImports.get(ours.id, id))?.data.errors;

async function openedK(imsi: string): Promise<string> {
  const kek = (await world.deps.store.subscriberKeys.keyEncryptionKey(ours.id)) as Buffer;
  const { keys = "" } = (await world.deps.store.hssProfiles.get(ours.id, Imsi.parse(imsi)))?.data ?? {};
  return openSubscriberKeys(kek, ours.id, imsi, Buffer.from(keys, "base64")).k.toString("hex");
}

describe("a preview", () => {
  it("says what each row would do, and writes nothing", async () => {
    const [known, other, fresh, taken] = [newImsi(), newImsi(), newImsi(), newImsi()];
    for (const imsi of [known, other]) {
      await send("POST", "/subscribers", { imsi, label: "x", keys: { k: K, opc: OPC } });
    }
    await send("POST", "/subscribers", { imsi: taken, keys: { k: K, opc: OPC } }, theirs);
    const text = [
      "imsi,label,k,opc,plan",
      `${known},x,${K},${OPC},`,
      `${other},y,,,`,
      `${fresh},new,${K},${OPC},`,
      `${fresh},again,${K},${OPC},`,
      `${newImsi()},no keys,,,`,
      `${newImsi()},no plan,${K},${OPC},absent`,
      `${taken},x,${K},${OPC},`,
      `310410000000001,x,${K},${OPC},`,
      `1,x,${K},,`,
    ].join("\r\n");
    const { writes } = world.deps.store.meter;
    const { body } = await preview(text);
    expect(world.deps.store.meter.writes).toBe(writes);
    const short = body.rows.map((row: { effect: string; faults: { row: number; field: string; message: string }[] }) =>
      [row.effect, ...row.faults.map((fault) => `${fault.row} ${fault.field}: ${fault.message}`)].join(" | "),
    );
    expect(short).toEqual([
      "unchanged",
      "update",
      "create",
      "error | 4 imsi: row 3 has this IMSI already",
      "error | 5 k: a new subscriber needs its keys",
      "error | 6 plan: there is no plan absent",
      "error | 7 imsi: this IMSI is in use outside your tenant",
      `error | 8 imsi: is of none of the tenant's networks ${NETWORK.mcc}/${NETWORK.mnc}`,
      "error | 9 imsi: must be 6 to 15 digits",
    ]);
    expect(JSON.stringify(body)).not.toContain(theirs.id);
    expect(JSON.stringify(body)).not.toContain(K);
  });

  it.each([
    ["an unknown column", { text: "imsi,ki\n1,2" }, "text"],
    ["a broken quote", { text: 'imsi\n"1' }, "text"],
    ["an absent default plan", { text: "imsi\n1", plan_id: "absent" }, "plan_id"],
    ["an absent default group", { text: "imsi\n1", group_id: "absent" }, "group_id"],
    ["a broken array", { text: "[{", format: "open5gs" }, "text"],
    ["an unknown format", { text: "x", format: "xml" }, "format"],
  ])("refuses %s", async (_, { text, ...fields }, field) => {
    expect(said(await preview(text, fields))).toEqual([400, "invalid-argument", field]);
  });
});

describe("an import", () => {
  it("takes a thousand rows in parts, with errors, resumed where it was cut off, and counts each row once", async () => {
    const tenantRows = Array.from({ length: 1000 }, (_, n) => {
      const imsi = newImsi();
      if (n % 100 === 50) return { imsi, line: `${imsi},bad,${K},` }; // no operator's value
      if (n % 100 === 51) return { imsi, line: `${imsi},bad,short,${OPC}` };
      return { imsi, line: `${imsi},row ${n + 1},${K},${OPC}` };
    });
    const lines = tenantRows.map(({ line }) => line);
    lines[999] = `${tenantRows[0]?.imsi},again,${K},${OPC}`; // an IMSI of another part
    const header = "imsi,label,k,opc";
    const file = [header, ...lines].join("\n");
    const part = (from: number, to: number) => [header, ...lines.slice(from, to)].join("\n");
    const id = (await begin(file, 1000)).body.import_id;
    expect(counts(await rows(id, 0, part(0, 400)))).toEqual([392, 0, 0, 8, 400, false]);
    // Cut off: rows of the next part are written, but the record does not know.
    const record = await world.deps.store.subscriberImports.need("import", ours.id, id);
    await rows(id, 400, part(400, 500));
    const { created, failed, next, errors } = record.data;
    await world.deps.store.write().patch(record.path, { created, failed, next, errors }).commit();

    const again = await begin(file, 1000);
    expect(again.body).toMatchObject({ import_id: id, next: 400 });
    expect(said(await rows(id, 700, part(700, 1000)))).toEqual([412, "failed-precondition", "offset"]);
    expect(said(await rows(id, 400, file))).toEqual([400, "invalid-argument", "text"]);
    const [one, two] = await Promise.all([rows(id, 400, part(400, 700)), rows(id, 400, part(400, 700))]);
    expect(counts(one)).toEqual([686, 0, 0, 14, 700, false]);
    expect(counts(two)).toEqual(counts(one));
    expect(counts(await rows(id, 300, part(300, 700)))).toEqual(counts(one)); // dealt with already
    expect(counts(await rows(id, 600, part(600, 1000)))).toEqual([979, 0, 0, 21, 1000, true]);

    const listed = await errorsOf(id);
    expect(listed?.map(({ row }) => row)).toEqual([
      ...Array.from({ length: 10 }, (_, n) => [n * 100 + 51, n * 100 + 52]).flat(),
      1000,
    ]);
    expect(listed?.[0]).toMatchObject({ field: "opc" });
    expect(listed?.at(-1)).toEqual({ row: 1000, field: "imsi", message: "row 1 has this IMSI already" });
    expect(await world.deps.store.subscribers.countAll(ours.id)).toBeGreaterThanOrEqual(979);
    expect((await subscriber(tenantRows[0]?.imsi ?? "")).label).toBe("row 1");
    expect(await subscriber(tenantRows[450]?.imsi ?? "")).toBeUndefined();
    const audits = await world.deps.store.raw(paths.audits(ours.id));
    const target = tenantRows[1]?.imsi;
    expect(audits.filter((entry) => entry.target === target).map(({ summary }) => summary)).toEqual([
      `created the subscriber, row 2 of ${id}`,
    ]);

    const second = (await begin(file, 1000)).body;
    expect(second.import_id).not.toBe(id);
    const { writes } = world.deps.store.meter;
    expect(counts(await rows(second.import_id, 0, part(0, 500)))).toEqual([0, 0, 490, 10, 500, false]);
    expect(world.deps.store.meter.writes - writes).toBe(1); // the record alone
  }, 120_000);

  it("updates what is there with what a row says, and leaves the rest", async () => {
    const imsi = newImsi();
    await send("POST", "/subscribers", { imsi, label: "old", msisdn: "4912345", keys: { k: K, opc: OPC } });
    const { reply } = await whole(`imsi,label,k,opc\n${imsi},new,${K2},${OPC}`, 1);
    expect(counts(reply)).toEqual([0, 1, 0, 0, 1, true]);
    expect(await subscriber(imsi)).toMatchObject({ label: "new", msisdn: "4912345", revision: 2 });
    expect(await openedK(imsi)).toBe(K2);
  });

  it("uses the defaults of the request for new subscribers, and an address for the first APN", async () => {
    await send("PUT", "/plans/import-plan", plan({ downlink: 1e6, uplink: 1e6 }));
    await send("PUT", "/groups/import-group", { name: "g", description: "", apnIds: ["internet"] });
    const [first, second] = [newImsi(), newImsi()];
    const text = `imsi,k,opc,static_ip,plan\n${first},${K},${OPC},10.45.7.7,\n${second},${K},${OPC},internet=10.45.7.8,default`;
    const { reply } = await whole(text, 2, { plan_id: "import-plan", group_id: "import-group" });
    expect(counts(reply)).toEqual([2, 0, 0, 0, 2, true]);
    const expected = { group_id: "import-group", apn_ids: null };
    expect(await subscriber(first)).toMatchObject({
      ...expected,
      plan_id: "import-plan",
      static_addresses: { internet: "10.45.7.7" },
    });
    expect(await subscriber(second)).toMatchObject({ ...expected, plan_id: "default" });
  });

  it("takes Open5GS documents: equal plan, APN of that name, SQN above the one they had", async () => {
    await send("PUT", "/plans/giga", plan({ downlink: 1e9, uplink: 1e9 }));
    const [imsi, bad] = [newImsi(), newImsi()];
    const giga = { value: 1, unit: 3 };
    const rates = { downlink: giga, uplink: giga };
    const arp = { priority_level: 8, pre_emption_capability: 1, pre_emption_vulnerability: 2 };
    const document = (of: string, name: string, sqn: number) => ({
      imsi: of,
      security: { k: K, opc: OPC, amf: "8000", sqn },
      ambr: rates,
      slice: [{ sst: 1, default_indicator: true, session: [{ name, type: 3, ambr: rates, qos: { index: 9, arp } }] }],
    });
    const ahead = 2 ** 45;
    const text = [document(imsi, "internet", ahead), document(bad, "absent", 0)].map((one) => JSON.stringify(one));
    const { reply, id } = await whole([...text, "{"].join("\n"), 3, { format: "open5gs" });
    expect(counts(reply)).toEqual([1, 0, 0, 2, 3, true]);
    expect(await subscriber(imsi)).toMatchObject({ plan_id: "giga", apn_ids: ["internet"] });
    const offset = (await world.deps.store.hssProfiles.get(ours.id, imsi))?.data.sqnOffset ?? 0;
    expect(offset + (Date.now() - Date.UTC(2026, 0, 1)) / 1000).toBeGreaterThan(ahead / 32);
    expect(await errorsOf(id)).toEqual([
      { row: 2, field: "slice", message: "no APN profile is named absent: make one" },
      { row: 3, field: "", message: "is not JSON" },
    ]);
  });

  it("is another tenant's to neither read nor continue", async () => {
    const text = `imsi,k,opc\n${newImsi()},${K},${OPC}`;
    const id = (await begin(text, 1)).body.import_id;
    const reply = await send("POST", `/imports/${id}/rows`, { offset: 0, format: "csv", text }, theirs);
    expect(said(reply)).toEqual([404, "not-found", undefined]);
    expect(said(await begin(text, 2))).toEqual([400, "invalid-argument", "total"]);
  });
});

describe("an export", () => {
  it("gives every subscriber without keys, which an import takes back as unchanged", async () => {
    const tenant = await makeTenant(world.deps, { plmns: [NETWORK] });
    const imsis = Array.from({ length: 3 }, newImsi);
    for (const imsi of imsis) {
      const label = imsi === imsis[0] ? "=1+1, a formula" : "plain";
      const fields = { imsi, label, msisdn: "4912345", static_addresses: { internet: "10.45.3.3" } };
      expect((await send("POST", "/subscribers", { ...fields, keys: { k: K, opc: OPC } }, tenant)).status).toBe(201);
    }
    const csv = await send("GET", "/export", undefined, tenant);
    expect([csv.status, csv.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(csv.body.split("\r\n").length).toBe(5);
    expect(csv.body).toContain(`"'=1+1, a formula"`);
    const { body } = await send("POST", "/imports/preview", { format: "csv", text: csv.body }, tenant);
    expect(body.rows.map((row: { effect: string }) => row.effect)).toEqual(["unchanged", "unchanged", "unchanged"]);
    const documents = await send("GET", "/export?format=open5gs", undefined, tenant);
    const parsed = documents.body
      .trim()
      .split("\n")
      .map((line: string) => JSON.parse(line));
    expect(parsed.map((one: { imsi: string }) => one.imsi)).toEqual(imsis);
    expect(parsed[0]).toMatchObject({ slice: [{ session: [{ name: "internet", ue: { ipv4: "10.45.3.3" } }] }] });
    for (const text of [csv.body, documents.body]) {
      for (const secret of [K, OPC, "security"]) expect(text.toLowerCase()).not.toContain(secret);
    }
    const audits = await world.deps.store.raw(paths.audits(tenant.id));
    expect(audits.filter(({ action }) => action === "subscribers.export").length).toBe(2);
    expect((await send("GET", "/export?page_token=999999999999999", undefined, tenant)).body).toBe("");
  });
});

function plan(rates: object) {
  const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
  return { name: "x", description: "", rates, qci: 9, arp, rules: [] };
}
