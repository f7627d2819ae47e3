import { describe, expect, it } from "vitest";
import type { RemsimClientRow } from "../../../data/remsimSources.ts";
import { filtered, readFilter } from "./filter.ts";

const client = (clientId: string, more: object = {}) =>
  ({
    clientId,
    state: "connected",
    credentialName: "van",
    address: "10.0.0.7",
    clashAt: null,
    assignment: null,
    ...more,
  }) as RemsimClientRow;
const card = (bankId: number, iccid: string) => ({
  slot: { bankId, slotId: 1 },
  iccid,
  imsi: "310410000000001",
  carrier: "Blue",
});

const all = [
  client("Tower-slot0", { assignment: card(1, "8901410000000000012") }),
  client("barn-slot0", { state: "released", credentialName: "Barn" }),
  client("mast-slot0", { clashAt: new Date(0), assignment: card(12, "8901260000000000018") }),
];
const found = (query: string) => filtered(all, readFilter(new URLSearchParams(query))).map((one) => one.clientId);

describe("filtered", () => {
  it("finds by name, card, carrier, login and address, whatever the case", () => {
    expect(found("q=tower")).toEqual(["Tower-slot0"]);
    expect(found("q=890126")).toEqual(["mast-slot0"]);
    expect(found("q=BLUE")).toEqual(["Tower-slot0", "mast-slot0"]);
    expect(found("q=barn")).toEqual(["barn-slot0"]);
    expect(found("q=10.0.0")).toHaveLength(3);
  });

  it("keeps one state, one bank, or the clashes", () => {
    expect(found("state=released")).toEqual(["barn-slot0"]);
    expect(found("state=clash")).toEqual(["mast-slot0"]);
    expect(found("bank=1")).toEqual(["Tower-slot0"]);
  });

  it("takes a state that nobody knows for none", () => {
    expect(found("state=nonsense")).toHaveLength(3);
  });
});
