import { expect, it } from "vitest";
import { FakeClock } from "./fakeClock.ts";
import { TokenBucket } from "./tokenBucket.ts";

const taken = (bucket: TokenBucket, tries: number): number =>
  Array.from({ length: tries }, () => bucket.take()).filter(Boolean).length;

it("lets a second's worth through at once, then the rate", () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(10, clock);
  expect(taken(bucket, 50)).toBe(10);
  clock.advance(500);
  expect(taken(bucket, 50)).toBe(5);
  clock.advance(60_000);
  expect(taken(bucket, 50)).toBe(10);
});

it("lets one through every ten seconds at a tenth", () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(0.1, clock);
  expect(taken(bucket, 3)).toBe(1);
  clock.advance(9_000);
  expect(taken(bucket, 3)).toBe(0);
  clock.advance(1_000);
  expect(taken(bucket, 3)).toBe(1);
});
