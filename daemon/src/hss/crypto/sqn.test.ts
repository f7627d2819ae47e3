import { describe, expect, test } from "vitest";
import { seededBytes } from "./seededBytes.fixture.ts";
import { indOf, MAX_JUMP, MAX_SEQ, seqOf, sqnOf } from "./sequenceNumber.ts";
import {
  initialOffsetFor,
  LEASE_CHUNK,
  MAX_AHEAD,
  MEMORY_LIMIT,
  SqnExhausted,
  SqnGenerator,
  SqnTooFast,
} from "./sqn.ts";

const A = "001010000000001";
const B = "001010000000002";
const AHEAD = "001010000000003";
const START = Date.UTC(2026, 10, 21, 12);
const TICK = (START - Date.UTC(2026, 0, 1)) / 1000;

/** A generator over a clock and a durable lease that the test moves. */
function bench({ ind = 3, leased = 0 } = {}) {
  const world = { now: START, durable: leased, leases: 0 };
  const start = () =>
    new SqnGenerator({
      ind,
      leased: world.durable,
      now: () => world.now,
      lease: (upTo) => {
        world.leases++;
        world.durable = upTo;
      },
    });
  return { world, start };
}

describe("next", () => {
  test("is seconds since 2026 with the process's IND", () => {
    const sqn = bench().start().next(A, 0);
    expect(sqn).toHaveLength(6);
    expect([seqOf(sqn), indOf(sqn)]).toEqual([TICK, 3]);
  });

  test("adds the offset, also a negative one", () => {
    const generator = bench().start();
    expect(seqOf(generator.next(A, 1000))).toBe(TICK + 1000);
    expect(seqOf(generator.next(B, -1000))).toBe(TICK - 1000);
  });

  test("rises by one for a subscriber within a second, and others don't feel it", () => {
    const { world, start } = bench();
    const generator = start();
    const seqs = Array.from({ length: 32 }, () => seqOf(generator.next(A, 0)));
    expect(seqs).toEqual(Array.from({ length: 32 }, (_, i) => TICK + i));
    expect(seqOf(generator.next(B, 0))).toBe(TICK);
    world.now += 10_000;
    expect(seqOf(generator.next(A, 0))).toBe(TICK + 32);
    world.now += 60_000;
    expect(seqOf(generator.next(A, 0))).toBe(TICK + 70);
  });

  test("never falls when the clock steps back", () => {
    const { world, start } = bench();
    const generator = start();
    const seqs: number[] = [];
    for (const step of [0, -1, -3600, 5, -86_400 * 400, 86_400 * 400, 7200]) {
      world.now += step * 1000;
      for (let i = 0; i < 3; i++) seqs.push(seqOf(generator.next(A, 0)));
      expect(seqOf(generator.next(`00102${Math.abs(step)}`, 0))).toBeGreaterThanOrEqual(TICK);
    }
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  test("serves with a clock that was never set", () => {
    const { world, start } = bench();
    world.now = 0;
    const generator = start();
    expect([1, 2, 3].map(() => seqOf(generator.next(A, 0)))).toEqual([1, 2, 3]);
  });

  test("is 0, which no card accepts, where offset and clock give no SEQ", () => {
    const generator = bench().start();
    expect(generator.next(A, -TICK - 100).toString("hex")).toBe("000000000000");
    expect(generator.next(B, MAX_SEQ - TICK).toString("hex")).toBe("ffffffffffe3");
    expect(generator.next(B, MAX_SEQ - TICK).toString("hex")).toBe("000000000000");
  });

  test("stops a flood for one subscriber before it uses up the others' SEQ", () => {
    const generator = bench().start();
    expect(() => {
      for (let i = 0; i <= MAX_AHEAD + 1; i++) generator.next(A, 0);
    }).toThrow(SqnTooFast);
    expect(seqOf(generator.next(B, 0))).toBe(TICK);
  });

  test.each([
    ["IND", () => bench({ ind: 32 }).start()],
    ["IND", () => bench({ ind: -1 }).start()],
    ["lease", () => bench({ leased: -1 }).start()],
    ["offset", () => bench().start().next(A, 0.5)],
    ["an IMSI", () => bench().start().next("a", 0)],
    ["offset", () => bench().start().resynchronise(sqnOf(1, 0), A, Number.NaN)],
  ])("names a bad %s", (field, act) => {
    expect(act).toThrow(new RegExp(`^${field} `));
  });
});

describe("lease", () => {
  test("is taken in chunks before it is needed", () => {
    const { world, start } = bench();
    const generator = start();
    for (let i = 0; i < 10 * LEASE_CHUNK; i++) {
      const seq = seqOf(generator.next(A, 0));
      if (world.durable < seq) expect.unreachable(`SEQ ${seq} issued above the lease ${world.durable}`);
    }
    expect(world.leases).toBe(10);
  });

  test("that cannot be made durable issues nothing", () => {
    let works = false;
    const generator = new SqnGenerator({
      ind: 0,
      leased: 0,
      now: () => START,
      lease: () => {
        if (!works) throw new Error("disk is full");
      },
    });
    expect(() => generator.next(A, 0)).toThrow("disk is full");
    expect(generator.remembered).toBe(0);
    works = true;
    expect(seqOf(generator.next(A, 0))).toBe(TICK);
  });

  test("given back on close lets the next process start at the clock", () => {
    const { world, start } = bench();
    const first = start();
    const last = seqOf(first.next(A, 0));
    first.close();
    first.close();
    expect(world.durable).toBe(last);
    expect(() => first.next(A, 0)).toThrow("closed");
    world.now += 2000;
    expect(seqOf(start().next(A, 0))).toBe(last + 2);
  });

  test("is not touched by a process that issued nothing", () => {
    const { world, start } = bench({ leased: TICK + 500 });
    start().close();
    expect([world.durable, world.leases]).toEqual([TICK + 500, 0]);
  });

  // kill -9 can fall before the lease is durable, after it, or anywhere between two SQNs: whatever was issued before
  // has to stay below all that comes after.
  test("keeps SEQ unique and rising through a crash at each point", () => {
    for (let crashAt = 0; crashAt < 40; crashAt++) {
      for (const durableFirst of [true, false]) {
        const world = { now: START, durable: 0 };
        let leases = 0;
        const start = (crashing: boolean) =>
          new SqnGenerator({
            ind: 1,
            leased: world.durable,
            now: () => world.now,
            lease: (upTo) => {
              const crash = crashing && leases++ === crashAt >> 3;
              if (!crash || durableFirst) world.durable = upTo;
              if (crash) throw new Error("crash");
            },
          });
        const issued: number[] = [];
        const before = start(true);
        try {
          for (let i = 0; i < (crashAt & 7) * 700 + 300; i++) issued.push(seqOf(before.next(A, 0)));
        } catch (error) {
          expect((error as Error).message).toBe("crash");
        }
        world.now -= 1000 * (crashAt % 3);
        const after = start(false);
        for (let i = 0; i < 5; i++) issued.push(seqOf(after.next(A, 0)));
        for (let i = 1; i < issued.length; i++) expect(issued[i]).toBeGreaterThan(issued[i - 1] as number);
      }
    }
  });

  test("keeps SQN unique among processes that crash, wander in time and share subscribers", () => {
    const random = seededBytes(7);
    const pick = (below: number) => random(4).readUInt32BE() % below;
    const seen = new Set<string>();
    const last = new Map<string, number>();
    const processes = Array.from({ length: 4 }, (_, ind) => bench({ ind }));
    const running = processes.map(({ start }) => start());
    for (let i = 0; i < 20_000; i++) {
      const at = pick(4);
      const { world, start } = processes[at] as ReturnType<typeof bench>;
      if (pick(50) === 0) world.now += (pick(20) - 8) * 1000;
      if (pick(500) === 0) running[at] = start();
      const subscriber = `0010${pick(20)}`;
      const sqn = (running[at] as SqnGenerator).next(subscriber, 0);
      const key = `${subscriber} ${sqn.toString("hex")}`;
      expect(seen.has(key)).toBe(false);
      seen.add(key);
      const line = `${subscriber} ${at}`;
      expect(seqOf(sqn)).toBeGreaterThan(last.get(line) ?? 0);
      last.set(line, seqOf(sqn));
    }
  });
});

describe("memory", () => {
  test("stays bounded with 1,000,000 subscribers, and empties as time passes", () => {
    const { world, start } = bench();
    const generator = start();
    let most = 0;
    for (let i = 0; i < 1_000_000; i++) {
      generator.next(`00101${i}`, 0);
      if (i % 1000 === 0) most = Math.max(most, generator.remembered);
    }
    expect(most).toBeLessThanOrEqual(MEMORY_LIMIT);
    world.now += 60_000;
    generator.next(A, 0);
    expect(generator.remembered).toBe(1);
  });

  test("keeps those that are ahead of the clock only", () => {
    const { world, start } = bench();
    const generator = start();
    for (let i = 0; i < 100; i++) generator.next(`${i}`, 0);
    for (let i = 0; i < 32; i++) generator.next(AHEAD, 0);
    world.now += 1000;
    generator.next(A, 0);
    expect(generator.remembered).toBe(2);
    expect(seqOf(generator.next(AHEAD, 0))).toBe(TICK + 32);
  });

  test("forgets nobody's last SEQ when the limit is reached", () => {
    const generator = bench().start();
    const first = Array.from({ length: 5 }, () => seqOf(generator.next(A, 0)));
    for (let i = 0; i < MEMORY_LIMIT; i++) generator.next(`${i}`, 0);
    expect(generator.remembered).toBeLessThan(10);
    expect(seqOf(generator.next(A, 0))).toBeGreaterThan(first.at(-1) as number);
  });
});

describe("resynchronise", () => {
  test("leaves the offset alone when the card would accept the next SQN", () => {
    const generator = bench().start();
    for (const seqMs of [0, 1, TICK - 1]) {
      expect(generator.resynchronise(sqnOf(seqMs, 9), A, 0)).toEqual({ offset: 0, changed: false });
    }
    expect(generator.resynchronise(sqnOf(TICK + 10, 9), A, 11)).toEqual({ offset: 11, changed: false });
  });

  test.each([
    ["at the next SEQ", TICK],
    ["far ahead", TICK + 5_000_000],
    ["in the last 2^28 of the space", MAX_SEQ - MAX_JUMP + 17],
    ["one below the last", MAX_SEQ - 1],
  ])("puts the next SEQ just above a SEQ_MS that is %s", (_, seqMs) => {
    const generator = bench().start();
    const { offset, changed } = generator.resynchronise(sqnOf(seqMs, 31), A, 0);
    expect(changed).toBe(true);
    expect(seqOf(generator.next(A, offset))).toBe(seqMs + 1);
  });

  test("comes down to a card that is more than 2^28 below", () => {
    const generator = bench().start();
    const far = MAX_JUMP + 50;
    expect(generator.resynchronise(sqnOf(10, 0), A, far + 9 - TICK + 1)).toMatchObject({
      changed: true,
      offset: 11 - TICK,
    });
    expect(generator.resynchronise(sqnOf(10, 0), A, MAX_JUMP + 10 - TICK)).toMatchObject({ changed: false });
    expect(seqOf(generator.next(A, 11 - TICK))).toBe(11);
  });

  test("serves in the processes that are nearer to the clock too", () => {
    const ahead = bench({ ind: 1, leased: TICK + 1000 }).start();
    const other = bench({ ind: 2 }).start();
    const { offset } = ahead.resynchronise(sqnOf(TICK + 50_000, 1), A, 0);
    for (const generator of [ahead, other]) {
      const seq = seqOf(generator.next(A, offset));
      expect(seq).toBeGreaterThan(TICK + 50_000);
      expect(seq).toBeLessThanOrEqual(TICK + 50_000 + 2 * LEASE_CHUNK);
    }
  });

  test("is exact where a process is ahead of the clock by more, or the space has no room for more", () => {
    const ahead = bench({ leased: TICK + 1_000_000_000 }).start();
    const far = ahead.resynchronise(sqnOf(5, 0), A, 0);
    expect(seqOf(ahead.next(A, far.offset))).toBe(6);
    const little = bench({ leased: TICK + 1000 }).start();
    const end = little.resynchronise(sqnOf(MAX_SEQ - 10, 0), A, 0);
    expect(seqOf(little.next(A, end.offset))).toBe(MAX_SEQ - 9);
  });

  test("goes on to the very last SEQ of the space, never wraps, and then says so", () => {
    const { world, start } = bench();
    const generator = start();
    let offset = 0;
    for (let seqMs = MAX_SEQ - 5; seqMs < MAX_SEQ; ) {
      offset = generator.resynchronise(sqnOf(seqMs, 0), A, offset).offset;
      const seq = seqOf(generator.next(A, offset));
      expect(seq).toBe(seqMs + 1);
      seqMs = seq;
      // Time runs the SEQ over the end: it becomes 0, and AUTS brings us back.
      world.now += 3_600_000;
      expect(seqOf(generator.next(A, offset))).toBe(0);
    }
    expect(() => generator.resynchronise(sqnOf(MAX_SEQ, 0), A, offset)).toThrow(SqnExhausted);
  });
});

describe("initialOffsetFor", () => {
  test.each([0, 1, 0x20 - 1, TICK - 1])("is 0 for an SEQ of %d, which the clock is above already", (seq) => {
    expect(initialOffsetFor(sqnOf(seq, 4), START)).toBe(0);
  });

  test.each([TICK, TICK + 1, 2 ** 40, MAX_SEQ - MAX_JUMP, MAX_SEQ - 1])(
    "goes on a little above an SEQ of %d",
    (seq) => {
      const offset = initialOffsetFor(sqnOf(seq, 4), START);
      const next = seqOf(bench().start().next(A, offset));
      expect(next).toBeGreaterThan(seq);
      expect(next - seq).toBeLessThan(100);
    },
  );

  test("refuses the last SEQ", () => {
    expect(() => initialOffsetFor(sqnOf(MAX_SEQ, 0), START)).toThrow(SqnExhausted);
  });
});
