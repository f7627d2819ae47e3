import type { EpcId, HssAction, SubscriberActivity } from "@wisptools/core";
import type { GxSession, Registration, UsageCounter } from "../records.ts";

/** Changes of a subscriber's live state; what is absent stays as it is. Times are ms since 1970. */
export interface LiveChange {
  registration?: Registration;
  /** Overrides `registration`: an MME forgot it, or there is none. */
  gone?: { state: "purged" | "detached"; at: number };
  lastAuthenticationAt?: number;
  lastFailure?: { at: number; reason: string };
  equipment?: { imei: string; softwareVersion: string | undefined };
  usage?: UsageCounter;
  /** Sessions came or went; which are there is looked up when it is written. */
  sessions?: true;
}

/** What is queued for the cloud. `at` is when it was queued first, ms since 1970. */
export type Report = { at: number; tenantId: string } & (
  | { kind: "live"; imsi: string; change: LiveChange }
  | { kind: "offset"; imsi: string; offset: number }
  | { kind: "equipment"; imsi: string; imei: string; firstAt: number; lastAt: number }
  | { kind: "session"; session: GxSession; state: "open" | "ended"; endedAt: number | undefined }
  | {
      kind: "activity";
      id: string;
      imsi: string | undefined;
      epcId: string | undefined;
      activity: SubscriberActivity["kind"];
      severity: SubscriberActivity["severity"];
      message: string;
    }
  | {
      kind: "connection";
      originHost: string;
      epcId: EpcId | string | undefined;
      role: "mme" | "smf" | "other";
      state: "connected" | "disconnected" | "refused";
      reason: string;
      address: string;
      tls: boolean;
    }
  | {
      kind: "command";
      id: string;
      imsi: string;
      action: HssAction;
      peer: string;
      cancellationType: number | undefined;
    }
);

/** The newer change on top of the older. A new registration ends what was gone before it. */
export function mergedLive(before: LiveChange, change: LiveChange): LiveChange {
  const merged = { ...before, ...change };
  if (change.registration && !change.gone) delete merged.gone;
  return merged;
}
