import { beforeEach, describe, expect, test } from "vitest";
import { FakeClock } from "../diameter/peer/fakeClock.ts";
import type { GxSession } from "../records.ts";
import { Turns } from "../turns.ts";
import { EndedSessions } from "./endedSessions.ts";
import { PushQueue } from "./pushQueue.ts";

let clock: FakeClock;
let begun: { id: string; end: (retry: boolean) => void; fail: (error: Error) => void }[];
let failures: unknown[];
let queue: PushQueue;

beforeEach(() => {
  clock = new FakeClock();
  begun = [];
  failures = [];
  const work = (id: string) =>
    new Promise<boolean>((resolve, reject) => begun.push({ id, end: resolve, fail: reject }));
  const options = { limit: 2, retryMs: 1_000, tries: 3 };
  queue = new PushQueue(clock, work, (error) => failures.push(error), options);
});

const tick = () => new Promise((resolve) => setImmediate(resolve));
const ids = () => begun.map(({ id }) => id);

describe("PushQueue", () => {
  test("begins no more than the limit, the others in their order", async () => {
    for (const id of ["a", "b", "c", "d"]) queue.add(id);
    expect(ids()).toEqual(["a", "b"]);
    begun[1]?.end(false);
    await tick();
    expect(ids()).toEqual(["a", "b", "c"]);
    expect(queue.size).toBe(3);
  });

  test("has a session once, however often it was added", async () => {
    for (const id of ["a", "b", "c", "c", "c"]) queue.add(id);
    for (const each of begun) each.end(false);
    await tick();
    for (const each of begun) each.end(false);
    await queue.settled();
    expect(ids()).toEqual(["a", "b", "c"]);
  });

  test("looks once more at what was added while it was under way", async () => {
    for (const id of ["a", "a", "a"]) queue.add(id);
    begun[0]?.end(true);
    await tick();
    begun[1]?.end(false);
    await queue.settled();
    expect(ids()).toEqual(["a", "a"]);
    expect(clock.waiting).toBe(0);
  });

  test("tries again after a while, and gives up", async () => {
    queue.add("a");
    for (const [n, waiting] of [1, 1, 0].entries()) {
      begun[n]?.end(true);
      await queue.settled();
      await tick();
      expect(clock.waiting).toBe(waiting);
      clock.advance(1_000);
    }
    expect(ids()).toEqual(["a", "a", "a"]);
  });

  test("gives a new cause all its tries", async () => {
    queue.add("a");
    for (const n of [0, 1, 2]) {
      begun[n]?.end(true);
      await tick();
      clock.advance(1_000);
    }
    queue.add("a");
    begun[3]?.end(true);
    await tick();
    expect(clock.waiting).toBe(1);
  });

  test("goes on after a failure, and tells it", async () => {
    for (const id of ["a", "b", "c"]) queue.add(id);
    begun[0]?.fail(new Error("disk"));
    await tick();
    expect(failures).toEqual([new Error("disk")]);
    expect(ids()).toEqual(["a", "b", "c"]);
  });

  test("begins nothing after it was stopped", async () => {
    for (const id of ["a", "b", "c"]) queue.add(id);
    queue.stop();
    for (const each of begun) each.end(true);
    await tick();
    clock.advance(10_000);
    expect(ids()).toEqual(["a", "b"]);
  });
});

describe("Turns", () => {
  test("keeps the order under a key, and goes on after a failure", async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const step =
      (name: string, fails = false) =>
      async () => {
        seen.push(`${name} begins`);
        await tick();
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
      };
    const first = turns.run("k", step("1", true));
    const second = turns.run("k", step("2"));
    await expect(first).rejects.toThrow("1");
    await second;
    expect(seen).toEqual(["1 begins", "1 ends", "2 begins", "2 ends"]);
    await tick();
    expect(turns.busy).toBe(0);
  });
});

test("EndedSessions forgets the oldest", () => {
  const ended = new EndedSessions(2);
  for (const sessionId of ["1", "2", "1", "3"]) ended.add({ sessionId } as GxSession, true);
  expect(["1", "2", "3"].map((id) => ended.get(id) !== undefined)).toEqual([true, false, true]);
});
