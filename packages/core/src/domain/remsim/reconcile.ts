// What to do so that an osmo-remsim-server has the maps it shall have. Pure: whoever asks reads the server's list before and acts after.
import type { BankSlot } from "./ids.ts";

/** States of a map in an osmo-remsim-server's own list. */
export type ServerMapState = "NEW" | "UNACKNOWLEDGED" | "ACTIVE" | "DELETE_REQ" | "DELETING";

/** A bank slot and the client slot it is mapped to: either is in one map at most. */
export interface MapPair {
  bank: BankSlot;
  client: BankSlot;
}

export interface DesiredMap extends MapPair {
  /** When its bank slot was chosen, ms since 1970: of two that want one bank slot, the later holds. */
  mappedAt: number;
}

export interface ServerMap extends MapPair {
  state: ServerMapState;
}

export interface MapSituation<D extends DesiredMap> {
  desired: readonly D[];
  actual: readonly ServerMap[];
  /** Banks of ours on this server: what is mapped there is ours to remove. Banks of `desired` count as well. */
  ownedBanks: ReadonlySet<number>;
  /** Banks whose bankd is connected to the server. */
  connectedBanks: ReadonlySet<number>;
  /** For how long a map has been seen on its way to ACTIVE, ms. */
  pendingMs(map: ServerMap): number;
  /** How long such a map may hold up what replaces it, ms. */
  patienceMs: number;
  /** False: `desired` may be out of date. Then nothing is removed, and maps are added only to a server that lost all of ours. */
  isCurrent: boolean;
}

/** foreign: a map of a bank that is not ours has its client slot. overtaken: another desired map has its bank slot. */
export type MapObstacle = "foreign" | "overtaken";

export interface MapPlan<D extends DesiredMap> {
  /** To be added now: nothing stands in their way. */
  posts: D[];
  /** To be removed now. What is to be added in their place comes with the next plan. */
  deletes: ServerMap[];
  /** To be removed, but not yet: see `mayGo`. */
  waits: ServerMap[];
  obstacles: { map: D; why: MapObstacle }[];
  /** Every desired map is ACTIVE, and nothing of ours is there beside them. */
  settled: boolean;
}

/** 1:1, as the server keeps it: a map is added only once both its slots are free, and a list that was just read decides. */
export function planSlotMaps<D extends DesiredMap>(situation: MapSituation<D>): MapPlan<D> {
  const { actual, isCurrent } = situation;
  const { holding, overtaken } = holders(situation.desired);
  const owned = new Set([...situation.ownedBanks, ...situation.desired.map(({ bank }) => bank.bankId)]);
  const wanted = new Set(holding.map(pairKey));
  const there = new Map(actual.map((map) => [pairKey(map), map]));
  const strays = actual.filter((map) => owned.has(map.bank.bankId) && !wanted.has(pairKey(map)));
  const missing = holding.filter((map) => !there.has(pairKey(map)));
  const bankTaken = new Map(actual.map((map) => [slotKey(map.bank), map]));
  const clientTaken = new Map(actual.map((map) => [slotKey(map.client), map]));
  const blockers = (map: D): ServerMap[] =>
    [bankTaken.get(slotKey(map.bank)), clientTaken.get(slotKey(map.client))].filter((each) => each !== undefined);
  const foreign = missing.filter((map) => blockers(map).some(({ bank }) => !owned.has(bank.bankId)));
  const isLost = !actual.some(({ bank }) => owned.has(bank.bankId));
  const removable = isCurrent ? strays.filter(({ state }) => state !== "DELETE_REQ" && state !== "DELETING") : [];
  return {
    posts: isCurrent || isLost ? missing.filter((map) => blockers(map).length === 0) : [],
    deletes: removable.filter((map) => mayGo(map, situation)),
    waits: removable.filter((map) => !mayGo(map, situation)),
    obstacles: [
      ...foreign.map((map) => ({ map, why: "foreign" as const })),
      ...overtaken.map((map) => ({ map, why: "overtaken" as const })),
    ],
    settled:
      strays.length === 0 &&
      overtaken.length === 0 &&
      holding.every((map) => there.get(pairKey(map))?.state === "ACTIVE"),
  };
}

/**
 * A map that its bankd was told of and has not acknowledged leaks when it is removed: the server forgets it, the bankd does not. One that
 * is NEW is told of at once if its bankd is there. So both wait until they are ACTIVE, but not for ever.
 */
function mayGo(map: ServerMap, { connectedBanks, pendingMs, patienceMs }: MapSituation<DesiredMap>): boolean {
  if (map.state === "ACTIVE") return true;
  if (map.state === "NEW" && !connectedBanks.has(map.bank.bankId)) return true;
  return pendingMs(map) >= patienceMs;
}

/** Of maps that want one bank slot or one client slot, the latest. */
function holders<D extends DesiredMap>(desired: readonly D[]): { holding: D[]; overtaken: D[] } {
  const taken = new Set<string>();
  const holding: D[] = [];
  const overtaken: D[] = [];
  for (const map of [...desired].sort(laterFirst)) {
    const keys = [`b${slotKey(map.bank)}`, `c${slotKey(map.client)}`];
    if (keys.some((key) => taken.has(key))) overtaken.push(map);
    else {
      for (const key of keys) taken.add(key);
      holding.push(map);
    }
  }
  return { holding, overtaken };
}

/** The same on every daemon, whatever order the maps came in. */
function laterFirst(a: DesiredMap, b: DesiredMap): number {
  return b.mappedAt - a.mappedAt || (pairKey(a) < pairKey(b) ? -1 : 1);
}

function slotKey({ bankId, slotId }: BankSlot): string {
  return `${bankId}:${slotId}`;
}

/** Names a map among those of one server. */
export function pairKey({ bank, client }: MapPair): string {
  return `${slotKey(bank)}>${slotKey(client)}`;
}
