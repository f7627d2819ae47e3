import type { KiPool } from "@wisptools/core/domain/remsim/policy";
import { expect, it } from "vitest";
import { freshPolicy } from "./draft.ts";
import { whatWords, whoWords } from "./sentences.ts";

const policy = freshPolicy("k", "x");

it("says which clients", () => {
  expect(whoWords(policy)).toBe("All clients");
  const some = {
    ...policy,
    clientPrefix: "van-",
    carriers: "310410, 262",
    regions: "north",
    modes: ["KI_PROXY_SWSIM" as const],
  };
  expect(whoWords(some)).toBe(
    "Clients that are called van-…, ask for a profile of a pool, ask for network 310/410 or country 262 and have a login of region north",
  );
  expect(
    whoWords({ ...policy, windowed: true, days: [1, 2, 3, 4, 5], start: "22:00", end: "04:00", timeZone: "UTC" }),
  ).toBe("All clients, Monday to Friday, 22:00 to 04:00 of the next day (UTC)");
});

it("says which cards", () => {
  expect(whatWords(policy, [])).toBe(
    "get cards of the network they ask for: the card it had before, else where most is free.",
  );
  const chosen = {
    ...policy,
    banks: "2, 1",
    bankRegions: "lab",
    cardCarriers: "310",
    poolId: "kp_1",
    strategy: "round-robin" as const,
  };
  expect(whatWords(chosen, [{ id: "kp_1", name: "Lab" } as unknown as KiPool])).toBe(
    "get cards of country 310, in banks 2 or 1, 2 preferred, in banks of region lab, with profiles from the pool Lab: the card that was free longest.",
  );
});
