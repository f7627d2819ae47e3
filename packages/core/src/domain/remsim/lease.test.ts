import { describe, expect, it } from "vitest";
import type { RemsimClient } from "../../documents/remsimClient.ts";
import { lastSign, leaseTurn, leaseUntil, SERVER_SEEN_SECONDS, SERVER_WORD_SECONDS, serverSight } from "./lease.ts";
import { at, client, GRACE, NOW } from "./live.table.ts";

describe("what a lease's end means", () => {
  const lost = { connected: false, at: at(0) };
  // The last: when a daemon last saw its server; 10 s ago unless said.
  const rows: [string, Partial<RemsimClient>, number, ReturnType<typeof leaseTurn>, (Date | undefined)?][] = [
    [
      "registers and says nothing",
      {},
      300,
      { act: "disconnect", changes: { state: "disconnected", leaseUntil: at(600) } },
    ],
    ["grace not over yet", {}, 299, { act: "renew", changes: { state: "registered", leaseUntil: at(300) } }],
    [
      "heartbeat came between",
      { state: "connected", heartbeatAt: at(200) },
      320,
      { act: "renew", changes: { state: "connected", leaseUntil: at(500) } },
    ],
    [
      "heartbeats missed, server has it connected",
      { state: "connected", heartbeatAt: at(10), server: { connected: true, at: at(5) } },
      100_000,
      { act: "renew", changes: { state: "connected", leaseUntil: at(103_590) } },
    ],
    [
      "stock client, server has it connected",
      { server: { connected: true, at: at(5) } },
      300,
      { act: "renew", changes: { state: "connected", leaseUntil: at(3890) } },
    ],
    [
      "its server is not seen any more, and its word still believed",
      { state: "connected", server: { connected: true, at: at(5) } },
      3610,
      { act: "renew", changes: { state: "connected", leaseUntil: at(3910) } },
      at(30),
    ],
    [
      "its server is not seen for too long",
      { state: "connected", server: { connected: true, at: at(5) } },
      3630,
      { act: "disconnect", changes: { state: "disconnected", leaseUntil: at(3930) } },
      at(30),
    ],
    [
      "its server is not seen for a grace longer",
      { state: "disconnected", server: { connected: true, at: at(5) } },
      3930,
      { act: "reclaim" },
      at(30),
    ],
    [
      "its server is seen again in time",
      { state: "disconnected", server: { connected: true, at: at(5) } },
      3930,
      { act: "renew", changes: { state: "connected", leaseUntil: at(7500) } },
      at(3900),
    ],
    [
      "its server is not seen, and it sends heartbeats",
      { state: "connected", heartbeatAt: at(3900), server: { connected: true, at: at(5) } },
      4000,
      { act: "renew", changes: { state: "connected", leaseUntil: at(4200) } },
      at(30),
    ],
    [
      "nobody's word but its own counts",
      { state: "connected", heartbeatAt: at(60), server: { connected: true, at: at(5) } },
      400,
      { act: "disconnect", changes: { state: "disconnected", leaseUntil: at(700) } },
      undefined,
    ],
    [
      "server lost it a while ago",
      { state: "connected", server: { connected: false, at: at(100) } },
      330,
      { act: "renew", changes: { state: "connected", leaseUntil: at(400) } },
    ],
    [
      "server lost it, and no heartbeat for the grace period",
      { state: "connected", heartbeatAt: at(20), server: { connected: false, at: at(100) } },
      400,
      { act: "disconnect", changes: { state: "disconnected", leaseUntil: at(700) } },
    ],
    [
      "heartbeats come though the server never saw it",
      { state: "connected", heartbeatAt: at(390), server: lost },
      400,
      { act: "renew", changes: { state: "connected", leaseUntil: at(690) } },
    ],
    [
      "told of an event",
      { links: { bankd: false, at: at(290) } },
      300,
      { act: "renew", changes: { state: "connected", leaseUntil: at(590) } },
    ],
    [
      "disconnected, second grace runs since a later sign",
      { state: "disconnected", heartbeatAt: at(100) },
      600,
      { act: "renew", changes: { leaseUntil: at(700) } },
    ],
    ["disconnected and silent for two graces", { state: "disconnected" }, 600, { act: "reclaim" }],
    [
      "disconnected, registered again",
      { state: "disconnected", registeredAt: at(590) },
      600,
      { act: "renew", changes: { state: "registered", leaseUntil: at(890) } },
    ],
    [
      "disconnected, server has it again",
      { state: "disconnected", server: { connected: true, at: at(599) } },
      600,
      { act: "renew", changes: { state: "connected", leaseUntil: at(4190) } },
    ],
    [
      "silent for days while no sweep ran: announced first",
      { state: "connected", heartbeatAt: at(60) },
      400_000,
      { act: "disconnect", changes: { state: "disconnected", leaseUntil: at(400_300) } },
    ],
    ["released", { state: "released", assignment: null }, 300, { act: "forget", changes: { leaseUntil: null } }],
  ];
  it.each(rows)("%s", (...[, fields, seconds, turn, ...seen]) => {
    const serverSeenAt = seen.length > 0 ? seen[0] : at(seconds - 10);
    expect(leaseTurn(client(fields), { graceSeconds: GRACE, serverSeenAt }, at(seconds))).toEqual(turn);
  });
  it("gives a grace that is longer than a server's word is believed its whole time", () => {
    const one = client({ state: "connected", server: { connected: true, at: at(5) } });
    const terms = { graceSeconds: 7200, serverSeenAt: at(100) };
    const renewed = (seconds: number) => ({ act: "renew", changes: { state: "connected", leaseUntil: at(seconds) } });
    expect(leaseTurn(one, terms, at(200))).toEqual(renewed(7400));
    expect(leaseTurn(one, terms, at(3700))).toEqual(renewed(7300));
    expect(leaseTurn(one, terms, at(7300))).toMatchObject({ act: "disconnect" });
  });
});

describe("what a daemon writes of a server's list", () => {
  it("brings a disconnected client back when its server has it", () => {
    const changes = serverSight(client({ state: "disconnected" }), true, at(400), GRACE);
    expect(changes).toEqual({ server: { connected: true, at: at(400) }, state: "connected", leaseUntil: at(4000) });
  });
  it("gives a client that is gone the grace period, and leaves its state alone", () => {
    const changes = serverSight(client({ state: "connected" }), false, at(400), GRACE);
    expect(changes).toEqual({ server: { connected: false, at: at(400) }, leaseUntil: at(700) });
  });
  it("gives a released client no lease", () => {
    const gone = client({ state: "released", assignment: null, leaseUntil: null });
    expect(serverSight(gone, true, at(400), GRACE)).toEqual({ server: { connected: true, at: at(400) } });
  });
});

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

/** Sweeps once a minute, as the schedule does, while a client lives as chance has it: quiet for a while, talkative for a while. */
function live(seed: number) {
  const random = randomOf(seed);
  const grace = 30 + Math.floor(random() * 600);
  let one = client({ leaseUntil: leaseUntil(NOW, grace) });
  let talks = 0.5;
  let serverSeenAt: Date | undefined;
  let daemonRuns = true;
  const story: { second: number; what: string; graces: number; seen: boolean }[] = [];
  for (let second = 10; second < 30_000; second += 10) {
    const now = at(second);
    if (random() < 0.002) talks = random() < 0.5 ? 0 : random() * 0.3;
    if (random() < talks) one = { ...one, state: "connected", heartbeatAt: now, leaseUntil: leaseUntil(now, grace) };
    if (random() < 0.001) daemonRuns = !daemonRuns;
    if (daemonRuns && second % SERVER_SEEN_SECONDS === 0) serverSeenAt = now;
    if (daemonRuns && random() < 0.001) {
      one = { ...one, ...serverSight(one, one.server?.connected !== true, now, grace) };
      serverSeenAt = now;
    }
    if (second % 60 !== 0 || !one.leaseUntil || one.leaseUntil > now) continue;
    const silence = (now.getTime() - lastSign(one, serverSeenAt, now).getTime()) / 1000;
    const turn = leaseTurn(one, { graceSeconds: grace, serverSeenAt }, now);
    const isSeen = serverSeenAt !== undefined && now < leaseUntil(serverSeenAt, SERVER_WORD_SECONDS);
    story.push({ second, what: turn.act, graces: silence / grace, seen: isSeen && one.server?.connected === true });
    if (turn.act === "reclaim") break;
    one = { ...one, ...turn.changes };
  }
  return { story, grace, one, serverSeenAt };
}

describe("any life of a client", () => {
  const lives = Array.from({ length: 400 }, (_, seed) => live(seed));

  it("ends, somewhere, in each of the ways there are", () => {
    const acts = new Set(lives.flatMap(({ story }) => story.map(({ what }) => what)));
    expect([...acts].sort()).toEqual(["disconnect", "reclaim", "renew"]);
  });
  it("is never ended while its server has it connected, as a daemon saw within the hour", () => {
    for (const { story } of lives) expect(story.filter(({ what, seen }) => seen && what !== "renew")).toEqual([]);
  });
  it("is announced after one silent grace period, and reclaimed after two", () => {
    for (const { story } of lives) {
      for (const { what, graces } of story) {
        if (what === "disconnect") expect(graces).toBeGreaterThanOrEqual(1);
        if (what === "reclaim") expect(graces).toBeGreaterThanOrEqual(2);
      }
    }
  });
  it("is never reclaimed without having been announced a grace period before", () => {
    for (const { story, grace } of lives) {
      const end = story.at(-1);
      if (end?.what !== "reclaim") continue;
      const announced = story.findLast(({ what }) => what === "disconnect");
      expect(end.second - (announced?.second ?? Number.NaN)).toBeGreaterThanOrEqual(grace);
    }
  });
  it("always has a time at which somebody looks again", () => {
    for (const { one } of lives) expect(one.leaseUntil).not.toBeNull();
  });
  it("ends when nobody hears of it again: within two graces and two sweeps, after its server's word has ended", () => {
    for (const { one, grace, serverSeenAt } of lives) {
      let silent = one;
      let reclaimed = false;
      const most = 30_000 + SERVER_WORD_SECONDS + 3 * grace + 180;
      for (let second = 30_000; second < most && !reclaimed; second += 60) {
        if (!silent.leaseUntil || silent.leaseUntil > at(second)) continue;
        const turn = leaseTurn(silent, { graceSeconds: grace, serverSeenAt }, at(second));
        if (turn.act === "reclaim") reclaimed = true;
        else silent = { ...silent, ...turn.changes };
      }
      expect(reclaimed).toBe(true);
    }
  });
});
