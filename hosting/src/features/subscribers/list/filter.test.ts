import { describe, expect, it } from "vitest";
import type { SubscriberRow } from "../../../data/subscriberSources.ts";
import { filtered, isEmpty, merged, readFilter, searches } from "./filter.ts";

const row = (imsi: string, more: Partial<SubscriberRow> = {}) =>
  ({ imsi, revision: 1, label: "", status: "active", ...more }) as SubscriberRow;
const rows = [
  row("001010000000001", { label: "Farm gate", msisdn: "46701" }),
  row("001010000000002", { groupId: "homes" }),
  row("001010000000003", { groupId: "homes", planId: "silver", status: "suspended" }),
];
const groups = { group: (id: string) => (id === "homes" ? { id, planId: "gold" } : undefined) } as never;
const found = (query: string) =>
  filtered(rows, readFilter(new URLSearchParams(query)), groups).map((one) => one.imsi.slice(-1));

describe("filtered", () => {
  it.each([
    ["", ["1", "2", "3"]],
    ["q=farm", ["1"]],
    ["q=gate", []],
    ["q=%2B46701", ["1"]],
    ["q=00101", ["1", "2", "3"]],
    ["q=001010000000002", ["2"]],
    ["status=suspended", ["3"]],
    ["group=homes", ["2", "3"]],
    ["plan=gold", ["2"]],
    ["plan=silver", ["3"]],
  ])("%s leaves %j", (query, left) => expect(found(query)).toEqual(left));
});

describe("searches", () => {
  const ask = (query: string) =>
    searches("tenant_a", readFilter(new URLSearchParams(query)), [{ id: "homes", planId: "gold" }] as never).map(
      (source) => source.where?.[0]?.slice(0, 1).concat(source.where[0].slice(2)),
    );
  it("asks for numbers by their beginning and for labels", () => {
    expect(ask("q=0010")).toEqual([
      ["imsi", "0010"],
      ["msisdn", "0010"],
      ["label", "0010"],
    ]);
    expect(ask("q=Farm")).toEqual([["label", "Farm"]]);
  });
  it("asks for a plan's own subscribers and for those of its groups", () =>
    expect(ask("plan=gold")).toEqual([
      ["planId", "gold"],
      ["groupId", "homes"],
    ]));
  it("has nothing to ask without a filter", () => {
    expect(ask("")).toEqual([]);
    expect(isEmpty(readFilter(new URLSearchParams("q=+")))).toBe(true);
  });
});

it("merges answers in IMSI order, each subscriber once", () => {
  expect(merged([[rows[2], rows[0]] as SubscriberRow[], [rows[0]] as SubscriberRow[]]).map((one) => one.imsi)).toEqual([
    "001010000000001",
    "001010000000003",
  ]);
});
