import { describe, expect, it } from "vitest";
import type { ApiError } from "../../../data/apiError.ts";
import { emptyDraft } from "../shared/draft.ts";
import { emptyKeys } from "../shared/keys.ts";
import { checkStep, newBody, STEPS, stepOf } from "./steps.ts";

const HOME = [{ mcc: "001", mnc: "01" }];
const K = "465b5ce8b199b49faa5f0a2ee238a6bc";

function faults(name: string, imsi: string, draft = {}, keys = {}): Record<string, string> {
  const step = STEPS.find((one) => one.name === name);
  if (!step) throw new Error(`no step ${name}`);
  const typed = { ...emptyKeys(), ...keys };
  try {
    checkStep(step, newBody(imsi, { ...emptyDraft(), ...draft }, typed, "active"), typed, HOME);
    return {};
  } catch (error) {
    return Object.fromEntries((error as ApiError).issues.map((issue) => [issue.field, issue.message]));
  }
}

describe("identity", () => {
  it("is fine with an IMSI of the network", () => expect(faults("identity", "001010000000099")).toEqual({}));
  it("names the network's codes for a foreign IMSI", () =>
    expect(faults("identity", "310410000000001")).toEqual({ imsi: expect.stringContaining("00101") }));
  it("finds a wrong check digit in the ICCID", () =>
    expect(faults("identity", "001010000000099", { iccid: "8901260123456789012" })).toEqual({
      iccid: "has a wrong check digit",
    }));
  it("says nothing yet about keys", () => expect(faults("identity", "12")).toEqual({ imsi: "must be 6 to 15 digits" }));
});

describe("keys", () => {
  const good = { k: K, operator: "e8ed289deba952e4283b54e88e6183ca" };
  it("take blanks and capitals", () =>
    expect(faults("keys", "", {}, { ...good, k: `${K.toUpperCase().slice(0, 16)} ${K.slice(16)}` })).toEqual({}));
  it("must have their length", () =>
    expect(faults("keys", "", {}, { ...good, k: "00ff" })).toEqual({
      "keys.k": expect.stringContaining("hex digits"),
    }));
  it("must fit the algorithm", () =>
    expect(Object.keys(faults("keys", "", {}, { ...good, algorithm: "tuak" }))).toEqual(["keys.topc"]));
  it("of 256 bits belong to TUAK", () =>
    expect(faults("keys", "", {}, { ...good, k: K + K })).toEqual({ "keys.k": "must be 32 hex digits for milenage" }));
});

it("leads a fault of the server to its step", () => {
  expect(stepOf({ field: "imsi", message: "" })).toBe(0);
  expect(stepOf({ field: "keys.opc", message: "" })).toBe(1);
  expect(stepOf({ field: "static_addresses.internet", message: "" })).toBe(2);
  expect(stepOf({ field: "what", message: "" })).toBe(3);
});
