import { expect, it } from "vitest";
import { initialSqnOffset } from "./sqnOffset.ts";

const now = new Date(Date.UTC(2026, 0, 2)); // 86,400 s

it.each([
  ["no SQN", undefined, 0],
  ["an SQN far below", 32n * 1000n, 0],
  ["an SQN just below, which a slow clock would not pass", 32n * 86_390n, 54],
  ["an SQN above", 32n * 100_000n + 31n, 13_664],
  ["the highest SQN", (1n << 48n) - 1n, 2 ** 43 - 1 - 86_400 + 64],
])("for %s is %#", (_, sqn, offset) => {
  expect(initialSqnOffset(sqn, now)).toBe(offset);
});
