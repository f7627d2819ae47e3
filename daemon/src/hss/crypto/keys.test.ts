import { describe, expect, test } from "vitest";
import { algorithmOf, type SubscriberKeys, wipe } from "./keys.ts";
import { milenageTestSets } from "./milenageTestSets.table.ts";
import { tuakTestSets } from "./tuakTestSets.table.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const [m] = milenageTestSets;
const [t] = tuakTestSets;

describe("algorithmOf", () => {
  test.each([
    ["OPc", { opc: bytes(m.opc) }],
    ["OP", { op: bytes(m.op) }],
    ["OPc although OP is given too", { opc: bytes(m.opc), op: Buffer.alloc(16) }],
  ])("makes MILENAGE from %s", (_, operator) => {
    const algorithm = algorithmOf({ algorithm: "milenage", k: bytes(m.k), amf: 0x8000, ...operator });
    expect(algorithm.resync(bytes(m.rand)).toString("hex")).toBe(m.f5Star);
  });

  test.each([
    ["TOPc", { topc: bytes(t.topc) }],
    ["TOP", { top: bytes(t.top) }],
  ])("makes TUAK from %s", (_, operator) => {
    const algorithm = algorithmOf({ algorithm: "tuak", k: bytes(t.k), amf: 0x8000, ...operator });
    expect(algorithm.resync(bytes(t.rand)).toString("hex")).toBe(t.f5Star);
  });

  test("makes TUAK with the card's own RES length and permutations", () => {
    const keys: SubscriberKeys = { algorithm: "tuak", k: bytes(t.k), top: bytes(t.top), amf: 0x8000 };
    const own = algorithmOf({ ...keys, tuak: { res: 4, iterations: 1 } });
    expect(own.vector(bytes(t.rand), bytes(t.sqn), 0xffff).res.toString("hex")).toBe(t.f2);
    expect(algorithmOf({ ...keys, tuak: { res: 4, iterations: 2 } }).resync(bytes(t.rand))).not.toEqual(
      own.resync(bytes(t.rand)),
    );
  });

  const k = Buffer.alloc(16);
  test.each<[string, SubscriberKeys]>([
    ["K", { algorithm: "milenage", k: Buffer.alloc(32), opc: k, amf: 0 }],
    ["K", { algorithm: "tuak", k: Buffer.alloc(24), topc: Buffer.alloc(32), amf: 0 }],
    ["OPc or OP", { algorithm: "milenage", k, topc: Buffer.alloc(32), amf: 0 }],
    ["TOPc or TOP", { algorithm: "tuak", k, opc: k, amf: 0 }],
    ["OPc", { algorithm: "milenage", k, opc: Buffer.alloc(8), amf: 0 }],
    ["TOP", { algorithm: "tuak", k, top: k, amf: 0 }],
    ["AMF", { algorithm: "milenage", k, opc: k, amf: 0x12345 }],
  ])("names a bad %s", (field, keys) => {
    expect(() => algorithmOf(keys)).toThrow(new RegExp(`^${field} `));
  });
});

test("wipe leaves no secret in the buffers", () => {
  const secret = (length: number) => Buffer.alloc(length, 0xaa);
  const keys = {
    algorithm: "tuak",
    k: secret(32),
    opc: secret(16),
    op: secret(16),
    topc: secret(32),
    top: secret(32),
    amf: 0x8000,
  } satisfies SubscriberKeys;
  wipe(keys);
  for (const value of [keys.k, keys.opc, keys.op, keys.topc, keys.top])
    expect(value.every((byte) => byte === 0)).toBe(true);
});
