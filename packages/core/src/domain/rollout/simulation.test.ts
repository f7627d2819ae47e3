import { describe, expect, it } from "vitest";
import type { Rollout, RolloutDevice } from "../../documents/rollout.ts";
import { CommandId, EpcId } from "../ids.ts";
import { actOn, type RolloutAction } from "./act.ts";
import { advance, afterStep, unheardSince, waitsForRoom } from "./advance.ts";
import { countOf, type Move, moved } from "./counts.ts";
import { applyDeviceReport, isDeviceEnd, ReportedState } from "./deviceReport.ts";
import { overdue, settled, silenceSeconds, type Turn, told, withdrawn } from "./deviceTurn.ts";
import { assignGroups } from "./groups.ts";
import { device, NOW, rollout, strategy } from "./rollout.table.ts";
import type { RolloutStrategy } from "./strategy.ts";

// The engine as its functions run it, over random fleets: boxes that answer, fail, take themselves back, lose reports, repeat them late, or
// are out of reach; and an operator who approves, resumes, pauses and takes back. No clock, no database: minutes are counted.

/** Numbers from 0 to 1 that come again with the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How a box takes an update: a healthy one does well in the end, whatever is lost on the way. */
type Nature = "healthy" | "broken" | "reverts" | "dies" | "away" | "late";

interface Box {
  nature: Nature;
  /** What it works on: the attempt it was told, the states still to report. */
  attempt: number;
  goal: RolloutDevice["goal"];
  ahead: RolloutDevice["state"][];
  said: { attempt: number; state: RolloutDevice["state"] }[];
  /** The minute from which a late one, which fell silent, speaks again. */
  silentUntil: number;
  /** What it runs in truth. */
  isUpdated: boolean;
}

const MINUTE_MS = 60_000;
const COMMAND = CommandId.parse("cmd_0000000000000000");

class World {
  rollout: Rollout;
  readonly devices = new Map<string, RolloutDevice>();
  readonly boxes = new Map<string, Box>();
  readonly random: () => number;
  minute = 0;
  mostUnderWay = 0;

  constructor(seed: number, natures: readonly Nature[], chosen: Partial<RolloutStrategy>) {
    this.random = randomOf(seed);
    const plan = strategy(chosen);
    const ids = natures.map((_, n) => EpcId.parse(`epc_${n.toString(16).padStart(16, "0")}`));
    const groups = assignGroups(ids, String(seed), plan.groups);
    for (const [n, id] of ids.entries()) {
      const group = groups.get(id) ?? 0;
      this.devices.set(id, device({ epcId: id, group, underWay: false, attempt: 0, state: "pending" }));
      const nature = natures[n] ?? "healthy";
      this.boxes.set(id, { nature, attempt: 0, goal: "update", ahead: [], said: [], silentUntil: 0, isUpdated: false });
    }
    const groupSizes = plan.groups.map((_, group) => [...groups.values()].filter((one) => one === group).length);
    const counts = Object.fromEntries(groupSizes.map((pending, group) => [group, { pending }]));
    this.rollout = rollout({ strategy: plan, devices: ids.length, groupSizes, counts });
  }

  get now(): Date {
    return new Date(NOW.getTime() + this.minute * MINUTE_MS);
  }

  private take(id: string, turn: Turn): void {
    const before = this.devices.get(id);
    this.devices.set(id, { ...before, ...turn.changes } as RolloutDevice);
    this.count([turn.move]);
  }

  private count(moves: readonly Move[]): void {
    this.rollout = { ...this.rollout, ...moved(this.rollout, moves) };
  }

  private tell(one: RolloutDevice, goal: RolloutDevice["goal"]): void {
    const expiresAt = new Date(this.now.getTime() + 24 * 60 * MINUTE_MS);
    const telling = { goal, commandId: COMMAND, expiresAt, silenceSeconds: silenceSeconds(this.rollout.strategy) };
    this.take(one.epcId, told(one, telling, this.now));
  }

  private unheard(): number {
    if (!waitsForRoom(this.rollout)) return 0;
    const since = unheardSince(this.rollout, this.now);
    return [...this.devices.values()].filter((one) => one.underWay && one.updatedAt <= since).length;
  }

  /** As advanceRollout does. */
  advance(): void {
    for (let n = 0; n < 10_000; n++) {
      const step = advance(this.rollout, this.now, this.unheard());
      if (step.kind === "start") {
        this.checkOrder();
        const { groups, limit } = step;
        const idle = [...this.devices.values()].filter(
          (one) => one.state === "pending" && !one.underWay && groups.includes(one.group),
        );
        for (const one of idle.slice(0, limit)) this.tell(one, "update");
        this.mostUnderWay = Math.max(this.mostUnderWay, this.rollout.underWay);
        if (idle.length === 0) return;
      } else if (step.kind === "restore") {
        const idle = [...this.devices.values()].filter((one) => one.state === "committed" && !one.underWay);
        const unheard = this.unheard();
        for (const one of idle.slice(0, step.limit)) {
          if (this.random() < 0.02) this.take(one.epcId, settled(one, "failed", "cannot go back", this.now));
          else this.tell(one, "restore");
        }
        this.mostUnderWay = Math.max(this.mostUnderWay, this.rollout.underWay - unheard);
        if (idle.length === 0) return;
      } else {
        const changes = afterStep(this.rollout, step, this.now);
        if (!changes) return;
        this.rollout = { ...this.rollout, ...changes } as Rollout;
        if (step.kind === "stop") this.withdraw();
      }
    }
    throw new Error("it never comes to rest");
  }

  /** No device begins in a group before those before it succeeded: by the devices themselves, not by the counters. */
  private checkOrder(): void {
    for (let group = 0; group < this.rollout.group; group++) {
      const all = [...this.devices.values()].filter((one) => one.group === group);
      const forgiven = this.rollout.forgiven?.[group] ?? 0;
      const bad = all.filter((one) => one.state === "failed" || one.state === "rolled_back").length;
      const percent = this.rollout.strategy.groups[group]?.successPercent ?? 100;
      const good = all.filter((one) => one.state === "committed").length;
      // A committed device may have gone back by itself afterwards; it was committed when its group succeeded.
      const once = all.filter((one) => one.history.some((entry) => entry.state === "committed")).length;
      expect(Math.max(good, once) * 100).toBeGreaterThanOrEqual(percent * (all.length - Math.max(forgiven, 0)) - 1e-9);
      expect(bad).toBeLessThanOrEqual(all.length);
    }
    for (const one of this.devices.values()) if (one.group > this.rollout.group) expect(one.attempt).toBe(0);
  }

  act(action: RolloutAction): void {
    this.rollout = { ...this.rollout, ...actOn(this.rollout, action, { name: "x", note: "" }, this.now) } as Rollout;
    if (action === "pause" || action === "abort" || action === "rollback") this.withdraw();
    this.advance();
  }

  private withdraw(): void {
    for (const one of [...this.devices.values()]) {
      const box = this.boxes.get(one.epcId);
      const unfetched = one.underWay && box?.attempt !== one.attempt;
      const keeps = this.rollout.state === "rolling_back" && one.goal === "restore";
      if (unfetched && !keeps) this.take(one.epcId, withdrawn(one, "", this.now));
    }
  }

  private report(id: string, attempt: number, state: RolloutDevice["state"]): void {
    const one = this.devices.get(id);
    if (!one || state === "pending") return;
    const turn = applyDeviceReport(one, { attempt, state, message: "" }, this.now);
    if (turn.kind === "ignored") return;
    this.take(id, turn);
    if (turn.ended) this.advance();
  }

  /** A minute of every box: it fetches, goes a state further, and sometimes says an old thing again. */
  step(): void {
    this.minute++;
    for (const [id, box] of this.boxes) {
      const one = this.devices.get(id);
      if (!one || box.nature === "away" || (box.nature === "dies" && this.random() < 0.3)) continue;
      if (this.minute < box.silentUntil) continue;
      if (one.underWay && box.attempt !== one.attempt) this.begin(box, one);
      const state = box.ahead[0];
      if (state !== undefined && this.random() < 0.6) {
        box.ahead.shift();
        if (state === "committed") box.isUpdated = box.goal === "update";
        if (state === "rolled_back") box.isUpdated = box.goal === "restore"; // where this attempt began
        box.said.push({ attempt: box.attempt, state });
        const lost = this.random() < 0.1 && !isDeviceEnd(state); // ends are repeated until they are heard
        if (!lost) this.report(id, box.attempt, state);
      }
      const old = box.said[Math.floor(this.random() * box.said.length)];
      if (old && this.random() < 0.3) this.report(id, old.attempt, old.state);
    }
    for (const one of [...this.devices.values()]) {
      if (one.dueAt && one.dueAt <= this.now) this.take(one.epcId, overdue(one, this.now));
    }
    this.advance();
  }

  private begin(box: Box, one: RolloutDevice): void {
    const states = ReportedState.exclude(["committed", "rolled_back", "failed"]).options;
    const [cut, end] = {
      healthy: [states.length, "committed"],
      broken: [2, "failed"],
      reverts: [states.length, "rolled_back"],
      dies: [2, undefined],
      away: [0, undefined],
      late: [states.length, "committed"],
    }[box.nature] as [number, RolloutDevice["state"] | undefined];
    Object.assign(box, {
      attempt: one.attempt,
      goal: one.goal,
      ahead: [...states.slice(0, cut), ...(end ? [end] : [])],
      silentUntil: box.nature === "late" && one.goal === "update" ? this.minute + 60 * 24 * 4 : 0,
    });
  }

  /** The rollout's figures are what its devices amount to. */
  check(): void {
    const all = [...this.devices.values()];
    expect(this.rollout.underWay).toBe(all.filter((one) => one.underWay).length);
    for (const [group, size] of this.rollout.groupSizes.entries()) {
      const own = all.filter((one) => one.group === group);
      expect(own).toHaveLength(size);
      for (const state of new Set(own.map((one) => one.state))) {
        expect(countOf(this.rollout, [state], group)).toBe(own.filter((one) => one.state === state).length);
      }
    }
    for (const n of Object.values(this.rollout.counts).flatMap(Object.values)) expect(n).toBeGreaterThanOrEqual(0);
  }
}

/** A fleet in which each nature has its share; the rest is healthy. */
function fleet(random: () => number, size: number, shares: Partial<Record<Nature, number>>): Nature[] {
  return Array.from({ length: size }, () => {
    let left = random();
    for (const [nature, share] of Object.entries(shares) as [Nature, number][]) {
      left -= share;
      if (left < 0) return nature;
    }
    return "healthy";
  });
}

function randomStrategy(random: () => number): Partial<RolloutStrategy> {
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T;
  const rule = () => ({ successPercent: pick(50, 80, 95, 100), soakMinutes: pick(0, 0, 7), approval: random() < 0.3 });
  return {
    groups: pick([100], [5, 25, 100], [1, 10, 50, 100]).map((upToPercent) => ({ upToPercent, ...rule() })),
    failurePercent: pick(5, 20, 60, 100),
    failureCount: pick(1, 5, 1000),
    onFailure: pick("pause", "rollback"),
    maxConcurrent: pick(1, 3, 10, 100),
  };
}

describe("random rollouts", () => {
  it("that were taken back leave no device with the update, however late it speaks", () => {
    let late = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomOf(500 + seed);
      const natures = fleet(random, 20, { late: 0.3, away: 0.1 });
      const world = new World(seed, natures, { ...randomStrategy(random), failurePercent: 100, failureCount: 1000 });
      world.advance();
      for (let minutes = 0; minutes < 20 && world.rollout.state === "running"; minutes++) world.step();
      if (world.rollout.state === "running" || world.rollout.state === "completed") world.act("rollback");
      for (let hours = 0; hours < 24 * 12; hours++) {
        world.minute += 60;
        const { state } = world.rollout;
        world.step();
        world.check();
        if (state === "rolled_back" && world.rollout.state === "rolling_back") late++;
      }
      if (world.rollout.state !== "rolled_back") continue; // it waits for a person
      expect(countOf(world.rollout, ["committed"]), `seed ${seed}`).toBe(0);
      for (const one of world.devices.values()) expect(one.underWay).toBe(false);
    }
    expect(late).toBeGreaterThan(5);
  }, 60_000);

  it("end; their figures are right at every minute; their limits hold; nothing begins before its time", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomOf(seed);
      const size = 1 + Math.floor(random() * 60);
      const world = new World(
        seed,
        fleet(random, size, { broken: 0.05, reverts: 0.05, dies: 0.03, away: 0.03 }),
        randomStrategy(random),
      );
      world.advance();
      for (let minutes = 0; minutes < 30 * 24 * 60; minutes++) {
        const { state } = world.rollout;
        if (state === "completed" || state === "rolled_back" || state === "aborted") break;
        if (state === "awaiting_approval") world.act("approve");
        else if (state === "paused") world.act(random() < 0.9 ? "resume" : "rollback");
        else if (random() < 0.001) world.act(state === "running" ? "pause" : "abort");
        // Most minutes of waiting for the silent are empty: they are passed over.
        else if (world.rollout.underWay > 0 && minutes > 300) world.minute += 180;
        world.step();
        world.check();
      }
      expect(["completed", "rolled_back", "aborted"], `seed ${seed}`).toContain(world.rollout.state);
      expect(world.mostUnderWay).toBeLessThanOrEqual(world.rollout.strategy.maxConcurrent);
    }
  }, 60_000);

  it("leave more than 99 % of the reachable, healthy devices that were told committed or cleanly back, and the truth in the documents", () => {
    let healthy = 0;
    let clean = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const random = randomOf(1000 + seed);
      const natures = fleet(random, 120, { broken: 0.02, reverts: 0.02, away: 0.02 });
      const world = new World(seed, natures, { ...randomStrategy(random), maxConcurrent: 20 });
      world.advance();
      for (let minutes = 0; minutes < 20_000 && !world.rollout.endedAt; minutes++) {
        if (world.rollout.state === "awaiting_approval") world.act("approve");
        if (world.rollout.state === "paused") world.act("resume");
        if (minutes > 400) world.minute += 180;
        world.step();
      }
      expect(world.rollout.endedAt, `seed ${seed}`).toBeDefined();
      for (const [id, box] of world.boxes) {
        const one = world.devices.get(id);
        if (box.nature !== "healthy" || !one || one.attempt === 0) continue;
        healthy++;
        const told =
          one.state === "committed" || one.state === "rolled_back" || (one.state === "pending" && box.attempt === 0);
        if (told && box.isUpdated === (one.state === "committed")) clean++;
        else expect(one.message, `${id} of seed ${seed}: ${one.state}`).not.toBe("");
      }
    }
    expect(healthy).toBeGreaterThan(800);
    expect(clean / healthy).toBeGreaterThan(0.99);
  }, 60_000);
});
