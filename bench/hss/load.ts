// node load.ts '{"port":…}': load on a server for some seconds; the figures as one line of JSON.
import { readdirSync, readFileSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import { Histogram } from "./histogram.ts";
import { type Kind, LoadPeer } from "./loadPeer.ts";
import { REALM } from "./subscribers.ts";

export interface LoadOptions {
  port: number;
  kind: Kind;
  /** Subscribers asked for, 1 to this number. */
  subscribers: number;
  connections: number;
  warmUpSeconds: number;
  seconds: number;
  /** Requests a second, sent at their times whatever comes back; 0: as many as are answered, `window` at once. */
  rate: number;
  window: number;
  /** For /proc: whose processor time is measured. */
  serverPid: number;
}

export interface LoadFigures {
  perSecond: number;
  answered: number;
  verified: number;
  p50: number;
  p99: number;
  worst: number;
  /** Share of a core that we, and the server, used. */
  ownCpu: number;
  serverCpu: number;
  /** Longest times, in ms, that we ourselves were away from the clock: between two turns of the loop, and for a collection. */
  ownWorst: number;
  ownCollection: number;
  fault: string | undefined;
}

/** Seconds of processor time that a process has used, all its threads. */
function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
}

async function run(options: LoadOptions): Promise<LoadFigures> {
  let latencies = new Histogram();
  const peers = await Promise.all(
    Array.from({ length: options.connections }, (_, n) =>
      LoadPeer.open(options.port, { ...options, originHost: `mme.epc-${n}.${REALM}` }, (ms) => latencies.add(ms)),
    ),
  );
  const pump = options.rate > 0 ? paced(peers, options.rate) : closed(peers, options.window);
  await during(options.warmUpSeconds, pump, peers);
  latencies = new Histogram();
  const before = {
    at: performance.now(),
    answered: total(peers),
    own: process.cpuUsage(),
    cpu: cpuSeconds(options.serverPid),
  };
  const collections = longestCollection();
  const ownWorst = await during(options.seconds, pump, peers);
  const elapsed = (performance.now() - before.at) / 1000;
  const answered = total(peers) - before.answered;
  const serverCpu = cpuSeconds(options.serverPid) - before.cpu;
  const own = process.cpuUsage(before.own);
  const fault = peers.map((peer) => peer.fault).find((each) => each !== undefined);
  const verified = peers.reduce((sum, peer) => sum + peer.verified, 0);
  for (const peer of peers) peer.close();
  return {
    perSecond: Math.round(answered / elapsed),
    ...{ answered, verified, fault },
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
    worst: latencies.percentile(1),
    ownCpu: (own.user + own.system) / 1e6 / elapsed,
    serverCpu: serverCpu / elapsed,
    ownWorst,
    ownCollection: collections(),
  };
}

function total(peers: LoadPeer[]): number {
  return peers.reduce((sum, peer) => sum + peer.answered, 0);
}

/** Keeps `window` requests on the way, refilled in halves. */
function closed(peers: LoadPeer[], window: number): () => void {
  const each = Math.ceil(window / peers.length);
  return () => {
    for (const peer of peers) {
      const room = each - peer.outstanding;
      if (room < each / 2) continue;
      const now = performance.now();
      peer.send(room, () => now);
    }
  };
}

/** Sends each request when it is due; one that leaves late is late by our fault and the server's, and counts as such. */
function paced(peers: LoadPeer[], rate: number): () => void {
  const begun = performance.now();
  let sent = 0;
  let turn = 0;
  return () => {
    const due = Math.floor(((performance.now() - begun) * rate) / 1000);
    while (sent < due) {
      const peer = peers[turn++ % peers.length] as LoadPeer;
      const count = Math.min(due - sent, 8);
      const first = sent;
      peer.send(count, (n) => begun + ((first + n) * 1000) / rate);
      sent += count;
    }
  };
}

/** Watches our own collector. @returns what tells the longest of its pauses so far, in ms. */
function longestCollection(): () => number {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => {
    observer.disconnect();
    return longest;
  };
}

/** Turns of the event loop until the time is up or an answer is wrong. @returns the longest of them, in ms. */
function during(seconds: number, pump: () => void, peers: LoadPeer[]): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let last = performance.now();
  let longest = 0;
  return new Promise((resolve) => {
    const turn = (): void => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (now >= end || peers.some((peer) => peer.fault !== undefined)) {
        resolve(longest);
        return;
      }
      pump();
      setImmediate(turn);
    };
    turn();
  });
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? "{}") as LoadOptions)));
