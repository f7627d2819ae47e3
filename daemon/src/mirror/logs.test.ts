import { describe, expect, it } from "vitest";
import { maskedImsi, maskedPath } from "./logs.ts";

describe("maskedImsi", () => {
  it("leaves the network and the last two digits", () => {
    expect(["001010000000042", "001010", "12345678"].map(maskedImsi)).toEqual([
      "00101********42",
      "******",
      "12345*78",
    ]);
    expect(maskedPath("tenants/tenant_a/subscribers/001010000000042/equipment/352000010000001")).toBe(
      "tenants/tenant_a/subscribers/00101********42/equipment/35200********01",
    );
  });
});
