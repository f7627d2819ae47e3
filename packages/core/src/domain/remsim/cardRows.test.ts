import { describe, expect, it } from "vitest";
import { cardRows, IMPORT_CARDS } from "./cardRows.ts";

const [A, B] = ["8901410000000000013", "8901410000000000021"];
const wantedOf = (csv: string) => cardRows(csv).map(({ wanted }) => wanted);

describe("the header of a card import", () => {
  it.each([
    ["", "the header has no column iccid"],
    ["imsi,mcc_mnc\n1,2", "the header has no column iccid"],
    ["iccid,mcc_mnc\n1,2", "the header has no column imsi"],
    ["iccid,imsi\n1,2", "the header has no column mcc_mnc, nor both mcc and mnc"],
    ["iccid,imsi,mcc\n1,2,3", "the header has no column mcc_mnc, nor both mcc and mnc"],
    ["iccid,imsi,mcc_mnc,mnc\n1,2,3,4", "has both mcc_mnc and mnc: give one"],
    ["iccid,imsi,mcc_mnc,bank_id\n1,2,3,4", "the header has one of bank_id and slot_id: give both"],
    ["iccid,imsi,mcc_mnc,iccid\n1,2,3,4", "column iccid is there twice"],
    ["iccid,imsi,mcc_mnc,ki\n1,2,3,4", 'unknown column "ki"; columns are iccid'],
    ["iccid,imsi,mcc_mnc", "has no rows"],
    ['iccid,imsi,mcc_mnc\n1,"2,3', "row 1 has a quote inside a cell, or one that is not closed"],
  ])("%j is refused: %s", (csv, message) => {
    expect(() => cardRows(csv)).toThrow(`csv: ${message}`);
  });

  it("may have its columns in any order and spelling, as spreadsheets write them", () => {
    const csv = `\ufeff Slot_ID ,LABEL,bank_id,imsi,MNC,mcc,carrier,iccid\r\n7,"roof, left",1,310410000000001,410,310,AT&T, ${A} \r\n\r\n`;
    const slot = { bankId: 1, slotId: 7 };
    const card = { iccid: A, imsi: "310410000000001", mccMnc: "310410", carrier: "AT&T", label: "roof, left", slot };
    expect(cardRows(csv)).toEqual([
      { row: 1, given: { iccid: A, imsi: card.imsi, mccMnc: "310410", carrier: "AT&T", slot }, wanted: card },
    ]);
  });

  it(`takes ${IMPORT_CARDS} rows and no more`, () => {
    const csv = (count: number) => `iccid,imsi,mcc_mnc${"\n1,2,3".repeat(count)}`;
    expect(cardRows(csv(IMPORT_CARDS)).length).toBe(IMPORT_CARDS);
    expect(() => cardRows(csv(IMPORT_CARDS + 1))).toThrow("csv: has 2001 rows, at most 2000 are taken at once");
  });
});

describe("a row of a card import", () => {
  const head = "iccid,imsi,mcc_mnc,carrier,label,bank_id,slot_id\n";
  const good = `${A},310410000000001,310410`;

  it.each([
    [`${good},,,,`, { iccid: A, imsi: "310410000000001", mccMnc: "310410" }],
    [`${A},00101000001,00101,,,,`, { iccid: A, imsi: "00101000001", mccMnc: "00101" }],
    [`${good},x,y,1023,0001`, expect.objectContaining({ slot: { bankId: 1023, slotId: 1 } })],
  ])("%s is a card", (row, card) => {
    expect(wantedOf(head + row)).toEqual([card]);
  });

  it.each([
    [`${good},,,`, "", "has 6 cells, the header has 7"],
    [",310410000000001,310410,,,,", "iccid", "is needed"],
    ["8901410000000000014,310410000000001,310410,,,,", "iccid", "has a wrong check digit"],
    ["8.90E+18,310410000000001,310410,,,,", "iccid", "must be 19 or 20 digits"],
    [`${A},,310410,,,,`, "imsi", "is needed"],
    [`${A},3104,310410,,,,`, "imsi", "must be 6 to 15 digits"],
    [`${A},310410000000001,,,,,`, "mcc_mnc", "is needed"],
    [`${A},310410000000001,3104,,,,`, "mcc_mnc", "must be MCC and MNC, 5 or 6 digits"],
    [`${good},,,1,`, "slot_id", "is needed"],
    [`${good},,,,1`, "bank_id", "is needed"],
    [`${good},,,0,1`, "bank_id", "must be 1 to 1023"],
    [`${good},,,1,1024`, "slot_id", "must be 1 to 1023"],
    [`${good},,,1,1.5`, "slot_id", "must be 1 to 1023"],
    [`${good},${"c".repeat(61)},,,`, "carrier", "must be at most 60 characters"],
    [`${good},,${"l".repeat(101)},,`, "label", "must be at most 100 characters"],
  ])("%s is left out: %s %s", (row, field, message) => {
    expect(wantedOf(head + row)).toEqual([{ field, message }]);
  });

  it.each([
    ["310,", "mnc", "is needed"],
    [",410", "mcc", "is needed"],
    [",", "mcc_mnc", "is needed"],
    ["310,1", "mnc", "must be 2 or 3 digits"],
    ["31,410", "mcc", "must be 3 digits"],
  ])("with mcc and mnc %s is left out: %s %s", (cells, field, message) => {
    expect(wantedOf(`iccid,imsi,mcc,mnc\n${A},310410000000001,${cells}`)).toEqual([{ field, message }]);
  });

  it("keeps what people can read of a row that is left out", () => {
    const [row] = cardRows(`${head}12,34,56,AT&T,,9,9`);
    expect(row?.given).toEqual({
      iccid: "12",
      imsi: "34",
      mccMnc: "56",
      carrier: "AT&T",
      slot: { bankId: 9, slotId: 9 },
    });
  });

  it("may not say again what an earlier row said, but what a faulty one said", () => {
    const rows = [
      `${A},310410000000001,310410,,,1,1`,
      `${A},310410000000002,310410,,,1,2`,
      `${B},310410000000001,310410,,,1,2`,
      `${B},310410000000002,310410,,,1,1`,
      `${B},310410000000002,310410,,,1,2`,
    ];
    expect(wantedOf(head + rows.join("\n")).slice(1)).toEqual([
      { field: "iccid", message: "is in row 1 too" },
      { field: "imsi", message: "is in row 1 too" },
      { field: "slot_id", message: "is in row 1 too" },
      expect.objectContaining({ iccid: B }),
    ]);
  });
});
