import { createHash } from "node:crypto";
import { paths, type RemsimEvent } from "@wisptools/core";
import type { BankRecord } from "../desired.ts";
import type { Known } from "../followed.ts";
import type { ServerSight } from "./remsimRest.ts";
import { Steady } from "./steady.ts";

/** How long a bank must be gone before it counts as down: bankds reconnect by themselves. */
const GONE_MS = 6_000;
/** And one that nobody has seen yet: after the server came back, or after the bank was made. */
const NEVER_SEEN_MS = 30_000;
const EVENT_DAYS = 90;

/** A bank whose `connected` is to be written, with the event that tells of it. */
export interface BankReport {
  bank: Known<BankRecord> & { version: NonNullable<Known<BankRecord>["version"]> };
  connected: boolean;
  at: Date;
  /** When the sweep shall look at it: not when it came back before anybody was moved away. */
  sweepAt: Date | undefined;
  event: { path: string; document: RemsimEvent } | undefined;
}

/** Decides which banks came or went. */
export class BankReports {
  private readonly steady = new Steady();

  /** `reachableSince`, `lookedAt`, `now`: ms since 1970. */
  due(
    banks: readonly Known<BankRecord>[],
    { banks: connectedBanks }: ServerSight,
    { reachableSince, lookedAt, now }: { reachableSince: number; lookedAt: number; now: number },
  ) {
    const reports: BankReport[] = [];
    let pending = false;
    for (const bank of banks) {
      const { version, data } = bank;
      if (!version || (data.connectedAt && data.connectedAt.getTime() > lookedAt)) continue;
      const connected = connectedBanks.has(data.bankId);
      const age = this.steady.age(bank.path, String(connected), now);
      if (data.connected === connected) continue;
      const neverSeen = data.connected === undefined;
      const since = Math.max(reachableSince, data.createdAt.getTime());
      if (!connected && (neverSeen ? now - since < NEVER_SEEN_MS : age < GONE_MS)) pending = true;
      else reports.push(reportOf({ ...bank, version }, connected, now));
    }
    return { reports, pending };
  }

  forget(): void {
    this.steady.forgetAll();
  }
}

function reportOf(bank: BankReport["bank"], connected: boolean, now: number): BankReport {
  const isNews = bank.data.connected !== undefined || !connected;
  const at = new Date(now);
  const sweepAt = connected && !bank.data.failedOverAt ? undefined : at;
  return { bank, connected, at, sweepAt, event: isNews ? eventOf(bank, connected, now) : undefined };
}

/** Written with the bank as it was read, so that of several daemons one tells of it. */
function eventOf({ path, data, version }: BankReport["bank"], connected: boolean, now: number): BankReport["event"] {
  const { tenantId, bankId, label, serverId } = data;
  const mark = createHash("sha256").update(`${path} ${version.toMillis()} ${connected}`).digest("hex").slice(0, 16);
  const id = `${now}-${mark}`;
  const document: RemsimEvent = {
    ...{ schemaVersion: 1, id, tenantId, bankId, at: new Date(now) },
    type: connected ? "bank_up" : "bank_down",
    severity: connected ? "info" : "error",
    message: connected ? `SIM bank ${bankId} (${label}) is connected again` : `SIM bank ${bankId} (${label}) is gone`,
    data: { serverId, label },
    expireAt: new Date(now + EVENT_DAYS * 86_400_000),
  };
  return { path: paths.remsimEvent(tenantId, id), document };
}
