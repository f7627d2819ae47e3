import { describe, expect, test } from "vitest";
import { epsVector } from "./epsVector.ts";
import { milenage } from "./milenage.ts";
import { milenageTestSets } from "./milenageTestSets.table.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const [set] = milenageTestSets;
const algorithm = milenage(bytes(set.k), bytes(set.opc));
const rand = bytes(set.rand);
const plmn = bytes("024830");

describe("epsVector", () => {
  test("gives XRES, AUTN and KASME of TS 35.208 set 1", () => {
    const vector = epsVector(algorithm, rand, bytes(set.sqn), 0xb9b9, plmn);
    expect(vector.rand).toEqual(rand);
    expect(vector.xres.toString("hex")).toBe(set.f2);
    // SQN ff9bb4d0b607 xor AK aa689c648370, AMF with bit 0 set already, f1.
    expect(vector.autn.toString("hex")).toBe(`55f328b43577b9b9${set.f1}`);
  });

  test("gives the published KASME", () => {
    expect(epsVector(algorithm, rand, bytes("fd8eef40df7d"), 0x8000, plmn).kasme.toString("hex")).toBe(
      "238e457e0f758badbca8d34bb2612c10428d426757cb5553b2b184fa64bfc549",
    );
  });

  test("sets the separation bit and protects it by the MAC", () => {
    const vector = epsVector(algorithm, rand, bytes(set.sqn), 0x1234, plmn);
    expect(vector.autn.subarray(6, 8).toString("hex")).toBe("9234");
    expect(vector.autn.subarray(8)).toEqual(algorithm.vector(rand, bytes(set.sqn), 0x9234).macA);
    expect(vector).toEqual(epsVector(algorithm, rand, bytes(set.sqn), 0x9234, plmn));
  });

  test("refuses bad lengths by name", () => {
    expect(() => epsVector(algorithm, rand, bytes(set.sqn), 0, bytes("0010"))).toThrow(/^PLMN /);
    expect(() => epsVector(algorithm, rand, bytes("00"), 0, plmn)).toThrow(/^SQN /);
    expect(() => epsVector(algorithm, rand, bytes(set.sqn), 0x10000, plmn)).toThrow(/^AMF /);
  });
});
