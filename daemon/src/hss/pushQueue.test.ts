import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../diameter/peer/fakeClock.ts";
import { PushQueue, type PushResult } from "./pushQueue.ts";

/** A queue whose pushes end when the test says so. */
class Lab {
  readonly clock = new FakeClock();
  readonly started: string[] = [];
  readonly due = new Set<string>();
  everybody: string[] = [];
  idle = 0;
  /** Ends each push at once with this, if it is set. */
  result: PushResult | undefined = "done";
  readonly queue: PushQueue;
  private readonly open = new Map<string, (result: PushResult) => void>();

  constructor(perSecond: number) {
    this.queue = new PushQueue({
      clock: this.clock,
      perSecond,
      isDue: (imsi) => this.due.has(imsi),
      push: (imsi) => {
        this.started.push(imsi);
        if (this.result) return Promise.resolve(this.result);
        return new Promise((resolve) => this.open.set(imsi, resolve));
      },
      everybody: () => this.everybody,
      idle: () => {
        this.idle += 1;
      },
    });
  }

  end(imsi: string, result: PushResult): void {
    this.open.get(imsi)?.(result);
  }

  async settle(): Promise<void> {
    for (let n = 0; n < 200; n++) await setImmediate();
  }
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `00101${String(n).padStart(10, "0")}`);

describe("a push queue", () => {
  test("keeps its pace: one second's worth at once, then as many a second as agreed", async () => {
    const lab = new Lab(10);
    lab.everybody = names(100);
    for (const each of lab.everybody) lab.due.add(each);
    lab.queue.addEverybody();
    await lab.settle();
    expect(lab.started).toHaveLength(10);
    for (let n = 0; n < 20; n++) {
      lab.clock.advance(100);
      await lab.settle();
    }
    expect(lab.started.length).toBeGreaterThanOrEqual(29);
    expect(lab.started.length).toBeLessThanOrEqual(30);
    expect(new Set(lab.started).size).toBe(lab.started.length);
  });

  test("has at most 32 under way", async () => {
    const lab = new Lab(1000);
    lab.result = undefined;
    for (const each of names(100)) {
      lab.due.add(each);
      lab.queue.add(each);
    }
    await lab.settle();
    expect(lab.started).toHaveLength(32);
    lab.end(lab.started[0] as string, "done");
    await lab.settle();
    expect(lab.started).toHaveLength(33);
    expect(lab.queue.size).toBe(99);
  });

  test("pushes a subscriber that changed meanwhile once more, however often it changed", async () => {
    const lab = new Lab(1000);
    lab.result = undefined;
    lab.due.add("1");
    lab.queue.add("1");
    await lab.settle();
    for (let n = 0; n < 5; n++) lab.queue.add("1");
    await lab.settle();
    expect(lab.started).toEqual(["1"]);
    lab.end("1", "done");
    await lab.settle();
    expect(lab.started).toEqual(["1", "1"]);
  });

  test("asks three times of an MME that does not answer, then leaves it", async () => {
    const lab = new Lab(1000);
    lab.result = "again";
    lab.due.add("1");
    lab.queue.add("1");
    await lab.settle();
    expect(lab.idle).toBe(0);
    for (let n = 0; n < 10; n++) {
      lab.clock.advance(5_000);
      await lab.settle();
    }
    expect(lab.started).toEqual(["1", "1", "1"]);
    expect(lab.idle).toBeGreaterThan(0);
    lab.result = "done";
    lab.queue.add("1");
    await lab.settle();
    expect(lab.started).toHaveLength(4);
  });

  test("who is urgent goes before those of a walk", async () => {
    const lab = new Lab(10);
    lab.everybody = names(100);
    for (const each of [...lab.everybody, "urgent"]) lab.due.add(each);
    lab.queue.addEverybody();
    await lab.settle();
    lab.queue.add("urgent");
    lab.clock.advance(200);
    await lab.settle();
    expect(lab.started.slice(10, 12)).toContain("urgent");
  });

  test("walks again when everybody changed during a walk", async () => {
    const lab = new Lab(10);
    lab.everybody = names(20);
    lab.due.add(lab.everybody[19] as string).add(lab.everybody[0] as string);
    lab.queue.addEverybody();
    lab.queue.addEverybody();
    await lab.settle();
    expect(lab.started).toEqual([lab.everybody[0], lab.everybody[19], lab.everybody[0], lab.everybody[19]]);
    expect(lab.idle).toBe(1);
  });

  test("starts nothing once it is stopped", async () => {
    const lab = new Lab(10);
    lab.result = "again";
    lab.due.add("1").add("2");
    lab.queue.add("1");
    await lab.settle();
    lab.queue.add("2");
    lab.queue.stop();
    lab.queue.add("2");
    await lab.settle();
    expect(lab.started).toEqual(["1"]);
    expect(lab.clock.waiting).toBe(0);
  });
});
