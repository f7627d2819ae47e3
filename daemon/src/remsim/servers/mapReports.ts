import { type BankSlot, BankSlot as BankSlotSchema, bankSlotId, type SlotMap } from "@wisptools/core";
import type { Known } from "../followed.ts";
import type { ServerSight } from "./remsimRest.ts";
import { Steady } from "./steady.ts";

export type Actual = NonNullable<SlotMap["actual"]>;

/** What comes and goes within a second or so while maps are moved is not told. */
const STATE_MS = 1_500;
/** Clients reconnect after a restart of their server, or of their own. */
const CONNECTION_MS = 6_000;

/** A map whose `actual` is to be written. */
export interface MapReport {
  map: Known<SlotMap> & { version: NonNullable<Known<SlotMap>["version"]> };
  actual: Actual;
  /** Whether the client came or went. */
  turned: boolean;
}

/** Decides which maps' state is worth a write. */
export class MapReports {
  private readonly steady = new Steady();

  /** `lookedAt`, `now`: ms since 1970; what was written after the look is newer than the look. */
  due(maps: readonly Known<SlotMap>[], sight: ServerSight, lookedAt: number, now: number) {
    const byClient = new Map(sight.maps.map((map) => [bankSlotId(map.client), map]));
    const reports: MapReport[] = [];
    let pending = false;
    for (const map of maps) {
      const { version, data } = map;
      if (!version) continue;
      const there = byClient.get(bankSlotId(data.client));
      const actual: Actual = {
        state: there?.state ?? "ABSENT",
        bank: there && isBankSlot(there.bank) ? there.bank : null,
        clientConnected: sight.clients.has(bankSlotId(data.client)),
        at: new Date(now),
      };
      const turn = this.turn(data, actual, lookedAt, now);
      if (turn === "held") pending = true;
      if (turn === "due") {
        const turned = actual.clientConnected !== (data.actual?.clientConnected ?? false);
        reports.push({ map: { ...map, version }, actual, turned });
      }
    }
    return { reports, pending };
  }

  private turn(data: SlotMap, actual: Actual, lookedAt: number, now: number): "same" | "held" | "due" {
    const { actual: before, bank } = data;
    const key = bankSlotId(data.client);
    if (before && (before.at.getTime() > lookedAt || summary(before) === summary(actual))) {
      this.steady.forget(key);
      return "same";
    }
    const age = this.steady.age(key, summary(actual), now);
    const asDesired = actual.state === "ACTIVE" && actual.bank !== null && bankSlotId(actual.bank) === bankSlotId(bank);
    const lost = !actual.clientConnected && (before?.clientConnected ?? true);
    if (lost) return age >= CONNECTION_MS ? "due" : "held";
    return asDesired || age >= STATE_MS ? "due" : "held";
  }

  /** The server is not reachable: nothing is known until it is again. */
  forget(): void {
    this.steady.forgetAll();
  }
}

function summary({ state, bank, clientConnected }: Actual): string {
  return `${state} ${bank ? bankSlotId(bank) : "-"} ${clientConnected}`;
}

/** The server's numbers begin at 0, which is nobody's of ours. */
function isBankSlot(slot: BankSlot): boolean {
  return BankSlotSchema.safeParse(slot).success;
}
