import { expect, it } from "vitest";
import type { SimSlotState } from "../../documents/remsim.ts";
import { ClientKey } from "./ids.ts";
import { openSlotState, settledSlotState, slotHolder } from "./slotState.ts";

const client = { key: ClientKey.parse(`rc_${"0".repeat(24)}`), clientId: "roof-slot0" };
const state = (value: SimSlotState) => value;

it.each([
  ["", null, 0, null, "empty"],
  ["A", null, 0, null, "available"],
  ["A", client, 1, null, "assigned"],
  ["A", null, 0, 8, "available"],
  ["A", null, 7, 8, "available"],
  ["A", null, 8, 8, "assigned"],
  ["A", null, 9, 8, "assigned"],
])("a slot with card %j, client %o and %i profiles (limit %o) is %s", (iccid, holder, profiles, limit, expected) => {
  const slot = { iccid, client: holder, profiles };
  expect(openSlotState(slot, limit)).toBe(expected);
  expect(settledSlotState({ ...slot, state: state("assigned") }, limit)).toBe(expected);
});

it.each(["disabled", "faulty"] as const)("stays %s while it has a card", (off) => {
  expect(settledSlotState({ iccid: "A", client: null, profiles: 0, state: off }, null)).toBe(off);
  expect(settledSlotState({ iccid: "", client: null, profiles: 0, state: off }, null)).toBe("empty");
});

it.each([
  [null, 0, undefined],
  [client, 1, "client roof-slot0 holds it"],
  [null, 1, "one profile uses its key"],
  [null, 5, "5 profiles use its key"],
])("says who holds it: %o, %i profiles", (holder, profiles, words) => {
  expect(slotHolder({ client: holder, profiles })).toBe(words);
});
