import type { SlotMap } from "@wisptools/core/documents/remsim";
import { describe, expect, it } from "vitest";
import { bankLook, clientLook, mapLook, networkWords, slotKind } from "./words.ts";

const now = 1_700_000_000_000;
const at = (seconds: number) => new Date(now + seconds * 1000);

describe("clientLook", () => {
  it("believes a state while its lease lasts", () => {
    expect(clientLook({ state: "connected", leaseUntil: at(1) }, now).word).toBe("Connected");
    expect(clientLook({ state: "registered", leaseUntil: null }, now).word).toBe("Registered");
  });

  it("calls silent what no sweep has ended yet", () => {
    expect(clientLook({ state: "connected", leaseUntil: at(-1) }, now).word).toBe("Silent");
    expect(clientLook({ state: "disconnected", leaseUntil: at(-1) }, now).word).toBe("Disconnected");
    expect(clientLook({ state: "released", leaseUntil: null }, now).word).toBe("Released");
  });
});

describe("bankLook", () => {
  it("says switched off before it says gone", () => {
    expect(bankLook({ enabled: false, connected: false }).word).toBe("Switched off");
    expect(bankLook({ enabled: true, connected: false }).word).toBe("Gone");
    expect(bankLook({ enabled: true, connected: true }).word).toBe("Connected");
    expect(bankLook({ enabled: true, connected: undefined }).word).toBe("Not seen");
  });
});

describe("slotKind", () => {
  const slot = { state: "available", availableAt: at(-1), poolId: null } as const;

  it("keeps a card that cools down apart from free ones", () => {
    expect(slotKind(slot, now)).toBe("free");
    expect(slotKind({ ...slot, availableAt: at(1) }, now)).toBe("resting");
    expect(slotKind({ ...slot, availableAt: at(1), poolId: "kp_1" as never }, now)).toBe("free");
  });

  it("takes the other states as they are", () => {
    expect(slotKind({ ...slot, state: "assigned" }, now)).toBe("used");
    expect(slotKind({ ...slot, state: "faulty" }, now)).toBe("faulty");
  });
});

describe("mapLook", () => {
  const map = (state?: string) => ({ ...(state ? { actual: { state } } : {}) }) as SlotMap;

  it("has a word for each state of a server, and for none", () => {
    const words = [
      undefined,
      map(),
      ...["ABSENT", "NEW", "UNACKNOWLEDGED", "ACTIVE", "DELETE_REQ", "DELETING"].map(map),
    ].map((one) => mapLook(one).word);
    expect(words).toEqual([
      "No map",
      "Not seen",
      "Missing",
      "New",
      "Unacknowledged",
      "Active",
      "Being removed",
      "Being removed",
    ]);
  });
});

it("writes networks as people do", () => {
  expect(networkWords("310410")).toBe("310/410");
  expect(networkWords("310")).toBe("310");
});
