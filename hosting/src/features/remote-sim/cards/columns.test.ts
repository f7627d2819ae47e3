import type { SimCard } from "@wisptools/core/documents/remsim";
import { expect, it } from "vitest";
import { sorted } from "../../../ui/table.ts";
import { COLUMNS, filtered } from "./columns.ts";

const card = (iccid: string, more: Partial<SimCard>) =>
  ({ iccid, imsi: `310410${iccid}`, mccMnc: "310410", carrier: "Blue", label: "", ...more }) as SimCard;
const all = [
  card("3", { slot: { bankId: 2, slotId: 1 }, label: "Van" }),
  card("1", { mccMnc: "310260", carrier: "Red" }),
  card("2", { slot: { bankId: 1, slotId: 40 } }),
];
const found = (filter: Partial<Parameters<typeof filtered>[1]>) =>
  filtered(all, { q: "", network: "", place: "", ...filter }).map((one) => one.iccid);

it("finds cards by number, carrier and label, by network and by place", () => {
  expect(found({ q: "van" })).toEqual(["3"]);
  expect(found({ q: "BLUE" })).toEqual(["3", "2"]);
  expect(found({ network: "310260" })).toEqual(["1"]);
  expect(found({ place: "1" })).toEqual(["2"]);
  expect(found({ place: "none" })).toEqual(["1"]);
  expect(found({ place: "2", q: "nothing" })).toEqual([]);
});

it("sorts by place with the drawer last", () => {
  expect(sorted(all, COLUMNS, "place").map((one) => one.iccid)).toEqual(["2", "3", "1"]);
});
