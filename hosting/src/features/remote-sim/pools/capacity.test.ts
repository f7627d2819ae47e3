import type { SimSlot } from "@wisptools/core/documents/remsim";
import type { KiPool } from "@wisptools/core/domain/remsim/policy";
import { expect, it } from "vitest";
import { capacityOf } from "./capacity.ts";

const pool = { bankId: 2, firstSlot: 1, lastSlot: 10, profilesPerSlot: 50, maxProfiles: 6000 } as KiPool;
const slots = Array.from(
  { length: 12 },
  (_, i) => ({ slotId: i + 1, iccid: "890", state: "available", profiles: 2 }) as SimSlot,
);

it("is what its working cards carry", () => {
  expect(capacityOf(pool, slots, 20)).toEqual({
    profiles: 500,
    used: 20,
    working: 10,
    because: "10 working cards carry 50 each",
  });
  const poor = slots.map(
    (one, i): SimSlot => (i === 0 ? { ...one, state: "faulty" } : i === 1 ? { ...one, iccid: "" } : one),
  );
  expect(capacityOf(pool, poor, 20)).toMatchObject({ profiles: 400, working: 8 });
});

it("is no more than its limit, or the numbers that are left", () => {
  expect(capacityOf({ ...pool, maxProfiles: 120 }, slots, 20)).toMatchObject({
    profiles: 120,
    because: "its own limit",
  });
  expect(capacityOf({ ...pool, profilesPerSlot: 500 }, slots, 900)).toMatchObject({
    profiles: 123,
    because: "bank 2 has 123 numbers left above its 900 slots",
  });
});
