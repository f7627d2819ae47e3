import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openSubscriberKeys, sealSubscriberKeys } from "./subscriberKeys.ts";

const kek = randomBytes(32);
const keys = { k: "00112233445566778899aabbccddeeff", opc: "ffeeddccbbaa99887766554433221100" };

describe("subscriber keys", () => {
  const sealed = Buffer.from(sealSubscriberKeys(kek, "tenant_a", "001010000000001", keys), "base64");

  it("opens what it sealed", () => {
    const opened = openSubscriberKeys(kek, "tenant_a", "001010000000001", sealed);
    expect([opened.k.toString("hex"), opened.operator.toString("hex"), opened.kind]).toEqual([keys.k, keys.opc, "opc"]);
  });

  it("carries 256-bit keys of TUAK", () => {
    const tuak = { k: "ab".repeat(32), top: "cd".repeat(32) };
    const bytes = Buffer.from(sealSubscriberKeys(kek, "tenant_a", "1", tuak), "base64");
    const opened = openSubscriberKeys(kek, "tenant_a", "1", bytes);
    expect([opened.k.toString("hex"), opened.operator.toString("hex"), opened.kind]).toEqual([tuak.k, tuak.top, "top"]);
  });

  it("opens for no other subscriber, tenant or key, nor when altered", () => {
    expect(() => openSubscriberKeys(kek, "tenant_a", "001010000000002", sealed)).toThrow();
    expect(() => openSubscriberKeys(kek, "tenant_b", "001010000000001", sealed)).toThrow();
    expect(() => openSubscriberKeys(randomBytes(32), "tenant_a", "001010000000001", sealed)).toThrow();
    const altered = Buffer.from(sealed);
    altered[20] = (altered[20] ?? 0) ^ 1;
    expect(() => openSubscriberKeys(kek, "tenant_a", "001010000000001", altered)).toThrow();
  });

  it("never has two sealings alike", () => {
    expect(sealSubscriberKeys(kek, "tenant_a", "1", keys)).not.toBe(sealSubscriberKeys(kek, "tenant_a", "1", keys));
  });
});
