import { describe, expect, test } from "vitest";
import { epsTuakProfile, type TuakProfile, topcOf, tuak } from "./tuak.ts";
import { tuakTestSets } from "./tuakTestSets.table.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");

/** A set is published for the lengths its results have. */
function profileOf(set: (typeof tuakTestSets)[number]): TuakProfile {
  const length = (hex: string) => hex.length / 2;
  return {
    mac: length(set.f1) as TuakProfile["mac"],
    res: length(set.f2) as TuakProfile["res"],
    ck: length(set.f3) as TuakProfile["ck"],
    ik: length(set.f4) as TuakProfile["ik"],
    iterations: set.iterations,
  };
}

describe.each(tuakTestSets)("TUAK test set $set", (set) => {
  const k = bytes(set.k);
  const rand = bytes(set.rand);
  const amf = Number.parseInt(set.amf, 16);

  test("derives TOPc from TOP", () => {
    expect(topcOf(k, bytes(set.top), set.iterations).toString("hex")).toBe(set.topc);
  });

  test("computes f1 to f5, f1* and f5*", () => {
    const algorithm = tuak(k, bytes(set.topc), profileOf(set));
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

describe("tuak", () => {
  const k = Buffer.alloc(32, 1);
  const topc = Buffer.alloc(32, 2);
  const rand = Buffer.alloc(16, 3);
  const sqn = Buffer.alloc(6, 4);

  test("has every published set once, and together they use every length", () => {
    expect(tuakTestSets.map(({ set }) => set)).toEqual([1, 2, 3, 4, 5, 6]);
    const profiles = tuakTestSets.map(profileOf);
    expect(new Set(profiles.map(({ mac }) => mac))).toEqual(new Set([8, 16, 32]));
    expect(new Set(profiles.map(({ res }) => res))).toEqual(new Set([4, 8, 16, 32]));
    expect(new Set(profiles.map(({ ck }) => ck))).toEqual(new Set([16, 32]));
    expect(new Set(profiles.map(({ ik }) => ik))).toEqual(new Set([16, 32]));
    expect(new Set(profiles.map(({ iterations }) => iterations))).toEqual(new Set([1, 2]));
  });

  test("gives the lengths EPS needs unless told", () => {
    const vector = tuak(k, topc).vector(rand, sqn, 0x8000);
    expect(Object.values(vector).map((value) => value.length)).toEqual([8, 8, 16, 16, 6]);
  });

  test("gives the same vector however often and in whatever order it is asked", () => {
    const algorithm = tuak(k, topc);
    const first = algorithm.vector(rand, sqn, 0x8000);
    algorithm.resync(Buffer.alloc(16, 9));
    algorithm.macS(Buffer.alloc(16, 8), sqn);
    topcOf(k, topc);
    expect(() => algorithm.vector(rand, Buffer.alloc(5), 0)).toThrow();
    expect(algorithm.vector(rand, sqn, 0x8000)).toEqual(first);
  });

  test.each([
    ["K", () => tuak(Buffer.alloc(24), topc)],
    ["TOPc", () => tuak(k, Buffer.alloc(16))],
    ["TOP", () => topcOf(k, Buffer.alloc(16))],
    ["iterations", () => tuak(k, topc, { ...epsTuakProfile, iterations: 0 })],
    ["RAND", () => tuak(k, topc).resync(Buffer.alloc(15))],
    ["SQN", () => tuak(k, topc).macS(rand, Buffer.alloc(7))],
    ["AMF", () => tuak(k, topc).vector(rand, sqn, -1)],
  ])("names a bad %s", (field, act) => {
    expect(act).toThrow(new RegExp(`^${field} `));
  });
});
