import { describe, expect, it } from "vitest";
import { AppError } from "../../errors.ts";
import { parseCsv } from "./csv.ts";
import { cutImport, documentRows } from "./importDocuments.ts";
import { CSV_HEADER, csvRow, csvRows } from "./importRows.ts";
import { SubscriberSettings } from "./settings.ts";

const K = "465b5ce8b199b49faa5f0a2ee238a6bc";
const OPC = "e8ed289deba952e4283b54e88e6183ca";
const one = (text: string) => csvRows(text)[0];
const faultsOf = (text: string) => {
  const row = one(text);
  return row && "faults" in row ? row.faults : undefined;
};
const refusal = (act: () => unknown): AppError => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("was not refused");
};

describe("csvRows", () => {
  it("reads every column, in any order and case of the header", () => {
    const header = "Label, IMSI,k,OPC,msisdn,iccid,amf,algorithm,plan,group,apns,static_ip,imei,status";
    const cells = `"Roof, north",001010000000001,${K.toUpperCase()},${OPC},+49 170 1,8944500000000000006,B9B9,Milenage,gold,home,internet; voice,internet=10.0.0.1;voice=10.1.0.1,490154203237518,Suspended`;
    expect(one(`${header}\n${cells.replace("+49 170 1", "+49 170 11")}`)).toEqual({
      imsi: "001010000000001",
      subscriber: {
        imsi: "001010000000001",
        label: "Roof, north",
        keys: { k: K, opc: OPC },
        msisdn: "4917011",
        iccid: "8944500000000000006",
        amf: "b9b9",
        algorithm: "milenage",
        planId: "gold",
        groupId: "home",
        apnIds: ["internet", "voice"],
        staticAddresses: { internet: "10.0.0.1", voice: "10.1.0.1" },
        imei: "490154203237518",
        status: "suspended",
      },
    });
  });

  it("takes an empty cell for nothing said", () => {
    expect(one("imsi,label,k,plan\n001010000000001,, ,")).toEqual({
      imsi: "001010000000001",
      subscriber: { imsi: "001010000000001" },
    });
  });

  it("leaves an address without an APN to the subscriber's first", () => {
    const row = one("imsi,static_ip\n001010000000001,10.0.0.1");
    expect(row).toMatchObject({ subscriber: { staticAddress: "10.0.0.1" } });
  });

  it.each([
    ["imsi\n1.01E+13", "imsi", "must be 6 to 15 digits"],
    ["imsi,label\n,x", "imsi", "is needed"],
    [`imsi,opc\n001010000000001,${OPC}`, "k", "is needed"],
    [`imsi,k\n001010000000001,xyz`, "k", "must be 32 or 64 hex digits"],
    ["imsi,plan\n001010000000001,Gold Plan", "plan", "must be 1 to 40 of"],
    ["imsi,static_ip\n001010000000001,10.0.0", "static_ip", "must be an IPv4 address"],
    ["imsi,static_ip\n001010000000001,internet=10.0.0.1;x", "static_ip", "x must be like"],
    ["imsi,imei\n001010000000001,490154203237519", "imei", "has a wrong check digit"],
    ["imsi,status\n001010000000001,gone", "status", "active"],
    ["imsi,apns\n001010000000001,;", "apns", "must be 1 to 40 of"],
    ["imsi,label\n001010000000001,a,b", "", "has 3 cells, the header has 2"],
  ])("finds the fault of %j", (text, field, message) => {
    const [fault] = faultsOf(text) ?? [];
    expect(fault?.field).toBe(field);
    expect(fault?.message).toContain(message);
  });

  it("shows every fault of a row, and no secret in any", () => {
    const faults = faultsOf(`imsi,k,opc,plan\nx,${K}0,${OPC},-`) ?? [];
    expect(faults.map(({ field }) => field).sort()).toEqual(["imsi", "k", "plan"]);
    expect(JSON.stringify(faults)).not.toContain(K);
  });

  it.each([
    ["imsi,ki\n1,2", 'text: unknown column "ki"'],
    ["imsi,imsi\n1,2", "text: column imsi is there twice"],
    ["label\nx", "text: the header has no column imsi"],
    ["", "text: the header has no column imsi"],
    ['imsi,label\n1,a"b', "text: row 1 has a quote"],
  ])("refuses the whole of %j", (text, words) => {
    const error = refusal(() => csvRows(text));
    expect([error.code, error.field]).toEqual(["invalid-argument", "text"]);
    expect(error.message).toContain(words);
  });

  it("takes back what an export wrote", () => {
    const settings = SubscriberSettings.parse({
      label: '=HYPERLINK("x"), or +1',
      status: "suspended",
      planId: "gold",
      apnIds: ["internet", "voice"],
      staticAddresses: { internet: "10.0.0.1" },
      imei: "490154203237518",
      algorithm: "tuak",
      amf: "8000",
    });
    const text = `${CSV_HEADER}\r\n${csvRow("001010000000001", settings)}\r\n`;
    expect(one(text)).toEqual({ imsi: "001010000000001", subscriber: { imsi: "001010000000001", ...settings } });
    expect(parseCsv(text)[1]?.cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
    expect(CSV_HEADER.split(",").filter((column) => ["k", "op", "opc", "top", "topc"].includes(column))).toEqual([]);
  });
});

describe("documentRows", () => {
  it.each([
    ["an array", '[{"a":1},\n{"a":2}]', [{ document: { a: 1 } }, { document: { a: 2 } }]],
    ["a line each", '{"a":1}\n\n{"a":2}\r\n', [{ document: { a: 1 } }, { document: { a: 2 } }]],
    ["one document over several lines", '{\n"a":1\n}', [{ document: { a: 1 } }]],
    ["a line that is no JSON", '{"a":1}\n{"a"', [{ document: { a: 1 } }, { fault: "is not JSON" }]],
  ])("reads %s", (_, text, expected) => {
    expect(documentRows(text)).toEqual(expected);
  });

  it("refuses an array that is no JSON", () => {
    expect(refusal(() => documentRows("[{")).field).toBe("text");
  });
});

describe("cutImport", () => {
  it("cuts CSV between records, so that each part with the header reads as the whole does", () => {
    const text = 'imsi,label\r\n001010000000001,"a\nb"\r\n001010000000002,c\r\n';
    const { header, rows } = cutImport("csv", text);
    expect(rows.length).toBe(2);
    expect(rows.flatMap((row) => csvRows(`${header}\n${row}`))).toEqual(csvRows(text));
  });

  it("cuts documents however they are written", () => {
    for (const text of ['[{"a":1},{"a":2}]', '{"a":1}\n{"a":2}\n', '[\n{"a":1},\n{"a":2}\n]']) {
      const { rows } = cutImport("open5gs", text);
      expect(rows.length).toBe(2);
      expect(documentRows(rows.join("\n"))).toEqual(documentRows(text));
    }
    expect(cutImport("open5gs", '{"a":1}\n{').rows).toEqual(['{"a":1}', "{"]);
  });
});
