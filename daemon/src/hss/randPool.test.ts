import { expect, test } from "vitest";
import { nextRand } from "./randPool.ts";

test("RANDs share no octets", () => {
  const rands = Array.from({ length: 600 }, nextRand);
  const before = rands.map((rand) => rand.toString("hex"));
  expect(new Set(before).size).toBe(600);
  rands[0]?.fill(0);
  expect(rands.slice(1).map((rand) => rand.toString("hex"))).toEqual(before.slice(1));
});
