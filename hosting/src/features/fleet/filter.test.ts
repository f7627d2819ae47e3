import { describe, expect, it } from "vitest";
import type { FleetEpc } from "../../data/sources.ts";
import { chosenColumns, DEFAULT_COLUMNS, toggledColumn } from "./columns.ts";
import { countStates, filtered, readFilter, toggled } from "./filter.ts";

const epc = (siteName: string, more: object) =>
  ({
    id: "epc_0",
    siteName,
    tags: [],
    state: "online",
    hardware: {},
    network: {},
    versions: {},
    ...more,
  }) as unknown as FleetEpc;
const fleet = [
  epc("Hilltop North", { tags: ["north", "solar"], hardware: { serialNumber: "SN-77" } }),
  epc("Harbour", { tags: ["south"], state: "offline", network: { primaryIp: "10.0.0.7" } }),
  epc("Old mill", { state: "retired" }),
];
const names = (query: string) => filtered(fleet, readFilter(new URLSearchParams(query))).map((one) => one.siteName);

describe("fleet filter", () => {
  it.each([
    ["", ["Hilltop North", "Harbour"]],
    ["q=h", ["Hilltop North", "Harbour"]],
    ["q=hill sn-77", ["Hilltop North"]],
    ["q=10.0.0.7", ["Harbour"]],
    ["state=offline,degraded", ["Harbour"]],
    ["state=retired", ["Old mill"]],
    ["tag=north,solar", ["Hilltop North"]],
    ["tag=north,south", []],
  ])("%s", (query, expected) => expect(names(query)).toEqual(expected));

  it("counts each state", () =>
    expect([...countStates(fleet)]).toEqual([
      ["online", 1],
      ["offline", 1],
      ["retired", 1],
    ]));
  it("adds to and takes from a list", () =>
    expect([toggled(["a"], "b"), toggled(["a", "b"], "a")]).toEqual(["a,b", "b"]));
});

describe("fleet columns", () => {
  it("keeps state and site whatever the URL says", () => {
    expect(chosenColumns("cpu,nonsense").map((column) => column.key)).toEqual(["state", "site", "cpu"]);
  });
  it("says nothing in the URL when the choice is the default", () => {
    const more = toggledColumn("", "cpu");
    expect(more.split(",")).toContain("cpu");
    expect(toggledColumn(more, "cpu")).toBe("");
    expect(chosenColumns("").map((column) => column.key)).toEqual(DEFAULT_COLUMNS);
  });
});
