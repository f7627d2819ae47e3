import { describe, expect, test } from "vitest";
import { milenage, milenageFromOp, opcOf } from "./milenage.ts";
import { milenageTestSets } from "./milenageTestSets.table.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");

describe.each(milenageTestSets)("MILENAGE test set $set", (set) => {
  const k = bytes(set.k);
  const rand = bytes(set.rand);
  const amf = Number.parseInt(set.amf, 16);

  test("derives OPc from OP", () => {
    expect(opcOf(k, bytes(set.op)).toString("hex")).toBe(set.opc);
  });

  test.each([
    ["OPc", milenage(k, bytes(set.opc))],
    ["OP", milenageFromOp(k, bytes(set.op))],
  ])("computes f1 to f5, f1* and f5* from %s", (_, algorithm) => {
    const vector = algorithm.vector(rand, bytes(set.sqn), amf);
    expect({
      f1: vector.macA.toString("hex"),
      f1Star: algorithm.macS(rand, bytes(set.sqn), amf).toString("hex"),
      f2: vector.res.toString("hex"),
      f3: vector.ck.toString("hex"),
      f4: vector.ik.toString("hex"),
      f5: vector.ak.toString("hex"),
      f5Star: algorithm.resync(rand).toString("hex"),
    }).toEqual({
      f1: set.f1,
      f1Star: set.f1Star,
      f2: set.f2,
      f3: set.f3,
      f4: set.f4,
      f5: set.f5,
      f5Star: set.f5Star,
    });
  });
});

describe("milenage", () => {
  const k = Buffer.alloc(16, 1);
  const opc = Buffer.alloc(16, 2);

  test("has every published set once", () => {
    expect(milenageTestSets.map(({ set }) => set)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(new Set(milenageTestSets.map((set) => set.k)).size).toBe(20);
  });

  test("gives the same vector however often and in whatever order it is asked", () => {
    const algorithm = milenage(k, opc);
    const rand = Buffer.alloc(16, 3);
    const sqn = Buffer.alloc(6, 4);
    const first = algorithm.vector(rand, sqn, 0x8000);
    algorithm.resync(Buffer.alloc(16, 9));
    algorithm.macS(Buffer.alloc(16, 8), sqn);
    expect(algorithm.vector(rand, sqn, 0x8000)).toEqual(first);
  });

  test("takes AMF 0000 for MAC-S unless told", () => {
    const algorithm = milenage(k, opc);
    const rand = Buffer.alloc(16, 3);
    const sqn = Buffer.alloc(6, 4);
    expect(algorithm.macS(rand, sqn)).toEqual(algorithm.macS(rand, sqn, 0));
    expect(algorithm.macS(rand, sqn)).not.toEqual(algorithm.macS(rand, sqn, 0x8000));
  });

  test.each([
    ["K", () => milenage(Buffer.alloc(15), opc)],
    ["OPc", () => milenage(k, Buffer.alloc(17))],
    ["OP", () => opcOf(k, Buffer.alloc(0))],
    ["RAND", () => milenage(k, opc).vector(Buffer.alloc(15), Buffer.alloc(6), 0)],
    ["SQN", () => milenage(k, opc).vector(Buffer.alloc(16), Buffer.alloc(5), 0)],
    ["AMF", () => milenage(k, opc).vector(Buffer.alloc(16), Buffer.alloc(6), 0x10000)],
  ])("names a bad %s", (field, act) => {
    expect(act).toThrow(new RegExp(`^${field} `));
  });
});
