import { describe, expect, it } from "vitest";
import type { SimCard, SimSlot } from "../../documents/remsim.ts";
import { type CardSituation, judgeCard, moves } from "./cardChange.ts";
import { ClientKey } from "./ids.ts";

const at = new Date(0);
const wanted = { iccid: "A", imsi: "310410000000001", mccMnc: "310410" };
const first = { bankId: 1, slotId: 1 };
const second = { bankId: 1, slotId: 2 };
const card = { iccid: "A", imsi: wanted.imsi, mccMnc: "310410", carrier: "c", label: "l", slot: first } as SimCard;
const slot = (fields: Partial<SimSlot> = {}) =>
  ({ ...first, iccid: "A", client: null, profiles: 0, availableAt: at, ...fields }) as SimSlot;
const client = { key: ClientKey.parse(`rc_${"0".repeat(24)}`), clientId: "roof-slot0" };
const held = slot({ client, profiles: 1 });
const empty = slot({ ...second, iccid: "" });
const known: CardSituation = { card, imsiHolder: "A", from: slot(), to: undefined };
const nothing: CardSituation = { card: undefined, imsiHolder: undefined, from: undefined, to: undefined };

describe("a wanted card", () => {
  it.each([
    ["is new", {}, nothing, "create"],
    ["is new, in an empty slot", { slot: second }, { ...nothing, to: empty }, "create"],
    ["is as it was", {}, known, "unchanged"],
    ["is as it was, said whole", { carrier: "c", label: "l", slot: first }, known, "unchanged"],
    ["has another label", { label: "m" }, known, "update"],
    ["has another carrier while it is held", { carrier: "d" }, { ...known, from: held }, "update"],
    ["stays in its slot while it is held", { slot: first }, { ...known, from: held }, "unchanged"],
    ["moves", { slot: second }, { ...known, to: empty }, "update"],
    ["leaves its slot", { slot: null }, known, "update"],
    ["leaves no slot", { slot: null }, { ...known, card: { ...card, slot: undefined }, from: undefined }, "unchanged"],
    ["has another IMSI", { imsi: "310410000000002" }, { ...known, imsiHolder: undefined }, "update"],
  ])("that %s", (_, fields, situation, action) => {
    expect(judgeCard({ ...wanted, ...fields }, situation)).toEqual({ action });
  });

  it.each([
    ["310260 is not its IMSI's", { mccMnc: "310260" }, nothing, "mcc_mnc", "is not how IMSI 310410000000001 begins"],
    ["another card has its IMSI", {}, { ...nothing, imsiHolder: "B" }, "imsi", "is that of card B"],
    ["there is no such slot", { slot: second }, nothing, "slot_id", "there is no slot 1-2"],
    [
      "a card is in its slot",
      { slot: second },
      { ...known, to: slot({ ...second, iccid: "B" }) },
      "slot_id",
      "slot 1-2 has card B",
    ],
    [
      "a client holds it and it shall move",
      { slot: second },
      { ...known, from: held, to: empty },
      "slot_id",
      "stays in slot 1-1 while client roof-slot0 holds it",
    ],
    [
      "profiles use it and it shall leave",
      { slot: null },
      { ...known, from: slot({ profiles: 3 }) },
      "slot_id",
      "stays in slot 1-1 while 3 profiles use its key",
    ],
    [
      "a profile uses it and its IMSI shall change",
      { imsi: "310410000000002" },
      { ...known, imsiHolder: undefined, from: slot({ profiles: 1 }) },
      "imsi",
      "stays while one profile uses its key",
    ],
    [
      "a client holds it and its network shall change",
      { mccMnc: "31041" },
      { ...known, from: held },
      "mcc_mnc",
      "stays while client roof-slot0 holds it",
    ],
  ])("is refused when %s", (_, fields, situation, field, message) => {
    expect(judgeCard({ ...wanted, ...fields }, situation)).toMatchObject({ action: "refuse", field, message });
  });

  it("without a word on its slot stays where it is", () => {
    expect(moves(wanted, card)).toBe(false);
    expect(moves({ ...wanted, slot: undefined }, undefined)).toBe(false);
  });
});
