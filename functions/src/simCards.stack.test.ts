import { type BankSlot, ClientKey, paths, type RemsimServerId, type SimCard, type SimSlot } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { importSimCards } from "./operations/remsim/importCards.ts";
import { call, type Reply } from "./testing/client.ts";
import { killEverywhere } from "./testing/kill.ts";
import { hold, makeServer, newCard, setSlot } from "./testing/simWorld.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let server: RemsimServerId;

beforeAll(async () => {
  world = await startWorld();
  theirs = await makeTenant(world.deps);
});
afterAll(() => world.close());
beforeEach(async () => {
  ours = await makeTenant(world.deps);
  server = await makeServer(world.deps, ours);
  const bank = { bank_id: 1, label: "Bank", server_id: server, slots: 20 };
  expect((await send("POST", "/banks", bank)).status).toBe(201);
});

const send = (method: string, path: string, body?: unknown, tenant = ours): Promise<Reply> =>
  call(world.url, method, `/api/backend/v1/simbank${path}`, body, { "x-api-key": tenant.apiKey });
const said = ({ status, body }: Reply) => [status, body.error?.code, body.error?.field];
async function made(reply: Promise<Reply>): Promise<Reply["body"]> {
  const { status, body } = await reply;
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
const at = (slotId: number): BankSlot => ({ bankId: 1, slotId });
const put = (card: object, tenant = ours) => send("POST", "/cards", card, tenant);
const cardOf = async (iccid: string) => (await world.deps.store.simCards.get(ours.id, iccid))?.data;
const slotAt = async ({ bankId, slotId }: BankSlot) =>
  (await world.deps.store.simSlots.need("slot", ours.id, bankId, slotId)).data;
const EMPTY = { iccid: "", imsi: "", mccMnc: "", mcc: "", carrier: "", state: "empty" };

/** Every card is in the slot that says so and every slot has the card it says; each IMSI is its card's. */
async function checkWhole(): Promise<{ cards: number; placed: number }> {
  const cards = (await world.deps.store.raw(paths.simCards(ours.id))) as SimCard[];
  const slots = ((await world.deps.store.raw(paths.simSlots(ours.id, 1))) as SimSlot[]).filter(({ iccid }) => iccid);
  const placed = cards.filter(({ slot }) => slot);
  expect(new Map(slots.map(({ slotId, iccid, imsi, mccMnc }) => [slotId, [iccid, imsi, mccMnc]]))).toEqual(
    new Map(placed.map(({ slot, iccid, imsi, mccMnc }) => [slot?.slotId as number, [iccid, imsi, mccMnc]])),
  );
  const holders = await world.deps.store.simImsis.getAll(cards.map(({ imsi }) => [ours.id, imsi]));
  expect(holders.map((holder) => holder?.data.iccid)).toEqual(cards.map(({ iccid }) => iccid));
  expect((await world.deps.store.raw(`tenants/${ours.id}/simImsis`)).length).toBe(cards.length);
  return { cards: cards.length, placed: placed.length };
}

describe("a card", () => {
  it("is entered, changed, moved and deleted, and its slot goes along", async () => {
    const card = newCard();
    await made(put({ ...card, carrier: "AT&T", slot: at(1) }));
    expect(await slotAt(at(1))).toMatchObject({
      iccid: card.iccid,
      imsi: card.imsi,
      mccMnc: "310410",
      mcc: "310",
      carrier: "AT&T",
      state: "available",
    });
    await made(put({ ...card, carrier: "FirstNet", label: "roof" }));
    expect(await slotAt(at(1))).toMatchObject({ carrier: "FirstNet" });
    await setSlot(world.deps, ours, at(1), {
      lastClient: ClientKey.parse(`rc_${"0".repeat(24)}`),
      failedOverAt: new Date(),
    });
    await made(send("PATCH", `/cards/${card.iccid}`, { slot: at(2), label: "cellar" }));
    expect(await slotAt(at(1))).toMatchObject(EMPTY);
    expect(await slotAt(at(1))).not.toHaveProperty("lastClient");
    expect(await slotAt(at(1))).not.toHaveProperty("failedOverAt");
    expect(await slotAt(at(2))).toMatchObject({ iccid: card.iccid, state: "available" });
    expect(await cardOf(card.iccid)).toMatchObject({ slot: at(2), label: "cellar", carrier: "FirstNet" });
    await made(send("PATCH", `/cards/${card.iccid}`, { slot: null }));
    expect(await checkWhole()).toEqual({ cards: 1, placed: 0 });
    await made(put({ ...card, slot: at(3) }));
    expect(await checkWhole()).toEqual({ cards: 1, placed: 1 });
    await made(send("DELETE", `/cards/${card.iccid}`));
    expect([await cardOf(card.iccid), await checkWhole()]).toEqual([undefined, { cards: 0, placed: 0 }]);
    expect(await slotAt(at(3))).toMatchObject(EMPTY);
    await made(put(card));
    const audits = (await world.deps.store.raw(paths.audits(ours.id))).map(({ action }) => action);
    expect(audits.filter((action) => action.startsWith("simCard.")).sort()).toEqual([
      "simCard.delete",
      "simCard.move",
      "simCard.move",
      "simCard.put",
      "simCard.put",
      "simCard.put",
      "simCard.put",
    ]);
  });

  it("that is as it was is not written again", async () => {
    const card = { ...newCard(), slot: at(1), label: "x" };
    await made(put(card));
    const { writes } = world.deps.store.meter;
    await made(put(card));
    await made(send("PATCH", `/cards/${card.iccid}`, { label: "x" }));
    expect(world.deps.store.meter.writes).toBe(writes);
  });

  it("is refused with the field that is wrong, and nothing is written", async () => {
    const known = { ...newCard(), slot: at(1) };
    await made(put(known));
    const other = newCard();
    const before = await checkWhole();
    const { writes } = world.deps.store.meter;
    const wrong = `${other.iccid.slice(0, -1)}${(Number(other.iccid.at(-1)) + 1) % 10}`;
    expect(said(await put({ ...other, iccid: wrong }))).toEqual([400, "invalid-argument", "iccid"]);
    expect(said(await put({ ...other, imsi: "31041000000000x" }))).toEqual([400, "invalid-argument", "imsi"]);
    expect(said(await put({ ...other, mcc_mnc: "310260" }))).toEqual([400, "invalid-argument", "mcc_mnc"]);
    expect(said(await put({ ...other, imsi: known.imsi }))).toEqual([409, "already-exists", "imsi"]);
    expect(said(await put({ ...other, slot: at(1) }))).toEqual([409, "already-exists", "slot"]);
    expect(said(await put({ ...other, slot: at(21) }))).toEqual([404, "not-found", "slot"]);
    expect(said(await put({ ...other, slot: at(0) }))).toEqual([400, "invalid-argument", "slot.slotId"]);
    expect(said(await put({ ...other, ki: "0".repeat(32) }))).toEqual([400, "invalid-argument", "ki"]);
    expect(said(await send("PATCH", `/cards/${other.iccid}`, { label: "x" }))[0]).toBe(404);
    expect([world.deps.store.meter.writes, await checkWhole()]).toEqual([writes, before]);
  });

  it("that is held stays what and where it is", async () => {
    const card = { ...newCard(), slot: at(1) };
    await made(put(card));
    await hold(world.deps, ours, at(1));
    const message = (reply: Reply) => [reply.status, reply.body.error?.message];
    expect(message(await send("PATCH", `/cards/${card.iccid}`, { slot: at(2) }))).toEqual([
      412,
      "slot: stays in slot 1-1 while client roof-slot0 holds it",
    ]);
    expect((await send("PATCH", `/cards/${card.iccid}`, { slot: null })).status).toBe(412);
    expect(message(await put({ ...card, imsi: newCard().imsi }))).toEqual([
      412,
      "imsi: stays while client roof-slot0 holds it",
    ]);
    expect(message(await send("DELETE", `/cards/${card.iccid}`))).toEqual([
      412,
      "slot 1-1: client roof-slot0 holds it",
    ]);
    await made(send("PATCH", `/cards/${card.iccid}`, { label: "words may change", carrier: "X" }));
    expect(await slotAt(at(1))).toMatchObject({ carrier: "X", state: "assigned", client: { clientId: "roof-slot0" } });
    await setSlot(world.deps, ours, at(1), { client: null, profiles: 3 });
    expect((await send("DELETE", `/cards/${card.iccid}`)).status).toBe(412);
  });

  it("has a new IMSI, and its old one is free again", async () => {
    const [card, other] = [newCard(), newCard()];
    await made(put({ ...card, slot: at(1) }));
    await made(put({ ...card, imsi: other.imsi }));
    expect(await slotAt(at(1))).toMatchObject({ imsi: other.imsi });
    await made(put({ ...other, imsi: card.imsi }));
    expect(await checkWhole()).toEqual({ cards: 2, placed: 1 });
  });

  it("is in one slot and has it alone, whoever else wants it at the same time", async () => {
    const cards = Array.from({ length: 12 }, () => newCard());
    const replies = await Promise.all(cards.map((card) => put({ ...card, slot: at(1) })));
    expect(replies.filter(({ status }) => status === 200).length).toBe(1);
    expect(await checkWhole()).toEqual({ cards: 1, placed: 1 });
    const [first] = cards.filter((_, index) => replies[index]?.status === 200);
    const moves = await Promise.all(
      Array.from({ length: 12 }, (_, n) => send("PATCH", `/cards/${first?.iccid}`, { slot: at(n + 2) })),
    );
    expect(moves.map(({ status }) => status)).toEqual(moves.map(() => 200));
    expect(await checkWhole()).toEqual({ cards: 1, placed: 1 });
    const twins = await Promise.all(Array.from({ length: 12 }, () => put({ ...newCard(), imsi: "310410999999999" })));
    expect(twins.filter(({ status }) => status === 200).length).toBe(1);
    expect((await checkWhole()).cards).toBe(2);
  });

  it("is another tenant's to neither see, change nor delete; both may have an IMSI", async () => {
    const card = newCard();
    await made(put({ ...card, slot: at(1) }));
    expect((await send("PATCH", `/cards/${card.iccid}`, { label: "x" }, theirs)).status).toBe(404);
    expect((await send("DELETE", `/cards/${card.iccid}`, undefined, theirs)).status).toBe(404);
    expect(said(await put({ ...newCard(), slot: at(2) }, theirs))).toEqual([404, "not-found", "slot"]);
    await made(put({ ...card, label: "theirs" }, theirs));
    expect(await cardOf(card.iccid)).toMatchObject({ label: "", slot: at(1) });
    const csv = `iccid,imsi,mcc_mnc\n${card.iccid},${card.imsi},310410`;
    const { rows } = await made(send("POST", "/cards/import", { csv, dry_run: true }, theirs));
    expect(rows[0]).toMatchObject({ action: "unchanged" });
  });
});

describe("an import of cards", () => {
  const HEAD = "iccid,imsi,mcc_mnc,carrier,label,bank_id,slot_id";
  const importing = (csv: string, dry_run = false, tenant = ours) =>
    made(send("POST", "/cards/import", { csv, dry_run }, tenant));
  const counts = (body: Reply["body"]) => [body.created, body.updated, body.unchanged, body.refused];
  const line = (card: ReturnType<typeof newCard>, rest = ",,,") => `${card.iccid},${card.imsi},310410,${rest}`;

  it("shows every row before, writes what it showed, and finds all unchanged the second time", async () => {
    const [known, other, held, absent] = [newCard(), newCard(), newCard(), newCard()];
    const [fresh, more] = [newCard(), newCard()];
    await made(put({ ...known, carrier: "AT&T", slot: at(1) }));
    await made(put({ ...other, slot: at(2) }));
    await made(put({ ...held, slot: at(3) }));
    await made(put({ ...absent, slot: at(8) }));
    await hold(world.deps, ours, at(3));
    const csv = [
      HEAD,
      line(known, "AT&T,,1,1"),
      line(other, "AT&T,new,1,4"),
      line(held, ",,1,5"),
      line(fresh, ",,1,8"),
      `${newCard().iccid},${absent.imsi},310410,,,,`,
      line(more, "T-Mobile,roof,1,6"),
      line(newCard(), ",,2,1"),
      line(newCard(), ",,1,6"),
      `1,${more.imsi},310410,,,,`,
    ].join("\n");
    const { writes } = world.deps.store.meter;
    const preview = await importing(csv, true);
    expect(world.deps.store.meter.writes).toBe(writes);
    expect(counts(preview)).toEqual([1, 1, 1, 6]);
    expect(preview.rows.map((row: { row: number }) => row.row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const shown = preview.rows.map((row: Record<string, unknown>) => [row.action, row.field, row.fault]);
    expect(shown).toEqual([
      ["unchanged", null, null],
      ["update", null, null],
      ["refuse", "slot_id", "stays in slot 1-3 while client roof-slot0 holds it"],
      ["refuse", "slot_id", `slot 1-8 has card ${absent.iccid}`],
      ["refuse", "imsi", `is that of card ${absent.iccid}`],
      ["create", null, null],
      ["refuse", "slot_id", "there is no slot 2-1"],
      ["refuse", "slot_id", "is in row 6 too"],
      ["refuse", "iccid", "must be 19 or 20 digits"],
    ]);
    expect(preview.rows[5]).toMatchObject({ ...more, carrier: "T-Mobile", slot: at(6) });
    const done = await importing(csv);
    expect(counts(done)).toEqual([1, 1, 1, 6]);
    expect(done.rows).toEqual(preview.rows.filter((row: { action: string }) => row.action === "refuse"));
    expect(await cardOf(other.iccid)).toMatchObject({ carrier: "AT&T", label: "new", slot: at(4) });
    expect(await checkWhole()).toEqual({ cards: 5, placed: 5 });
    const again = await importing(csv);
    expect(counts(again)).toEqual([0, 0, 3, 6]);
    const audits = await world.deps.store.raw(paths.audits(ours.id));
    const [entry, ...others] = audits.filter(({ action }) => action === "simCards.import");
    expect([entry?.summary, others]).toEqual(["imported 2 cards (1 new), rows 2 to 6", []]);
  });

  it("refuses a text that is none, and more rows than it takes", async () => {
    const refused = async (csv: string) => said(await send("POST", "/cards/import", { csv }));
    expect(await refused("iccid,imsi\n1,2")).toEqual([400, "invalid-argument", "csv"]);
    expect(await refused("")).toEqual([400, "invalid-argument", "csv"]);
    expect(await refused(`iccid,imsi,mcc_mnc${"\n1,2,3".repeat(2001)}`)).toEqual([400, "invalid-argument", "csv"]);
  });

  it("of 2,000 rows is whole however often it dies, each card in its slot", async () => {
    await made(send("PATCH", "/banks/1", { slots: 1000 }));
    const cards = Array.from({ length: 2000 }, () => newCard());
    const csv = [HEAD, ...cards.map((card, n) => line(card, n < 1000 ? `AT&T,,1,${n + 1}` : ",,,"))].join("\n");
    expect(csv.length).toBeLessThan(400_000);
    let rounds = 0;
    await killEverywhere(
      world.deps,
      (deps, round) => importSimCards(round < 3 ? deps : world.deps, ours.caller, { csv, dry_run: false }),
      async () => {
        rounds++;
        const whole = await checkWhole();
        if (rounds < 4) expect(whole.cards % 80).toBe(0);
      },
    );
    expect(await checkWhole()).toEqual({ cards: 2000, placed: 1000 });
    expect(counts(await importing(csv))).toEqual([0, 0, 2000, 0]);
  });

  it("takes what it can when two run at the same time with other acts between", async () => {
    const cards = Array.from({ length: 20 }, () => newCard());
    const csv = [HEAD, ...cards.map((card, n) => line(card, `,,1,${n + 1}`))].join("\n");
    const rival = newCard();
    const [one, two] = await Promise.all([importing(csv), importing(csv), put({ ...rival, slot: at(7) })]);
    for (const body of [one, two]) {
      expect(body.created + body.updated + body.unchanged + body.refused).toBe(20);
    }
    const whole = await checkWhole();
    expect(whole.placed).toBe(20);
    const rivalWon = (await cardOf(rival.iccid)) !== undefined;
    expect(one.created + two.created).toBe(rivalWon ? 19 : 20);
    expect(whole.cards).toBe(20);
  });

  it("costs two reads and up to four writes a card, and one write for each eighty", async () => {
    const cost = async (csv: string, dry_run: boolean) => {
      const before = { ...world.deps.store.meter };
      await importing(csv, dry_run);
      const { reads, writes } = world.deps.store.meter;
      return `${reads - before.reads} reads, ${writes - before.writes} writes`;
    };
    await send("GET", "/banks");
    const cards = Array.from({ length: 10 }, () => newCard());
    const csv = (carrier: string) => [HEAD, ...cards.map((card, n) => line(card, `${carrier},,1,${n + 1}`))].join("\n");
    expect.soft(await cost(csv("A"), true)).toBe("30 reads, 0 writes");
    expect.soft(await cost(csv("A"), false)).toBe("30 reads, 31 writes");
    expect.soft(await cost(csv("A"), false)).toBe("30 reads, 0 writes");
    expect.soft(await cost(csv("B"), false)).toBe("30 reads, 21 writes");
  });
});
