import type { SubscriberActivity, SubscriberLive } from "@wisptools/core/documents/subscription";
import { plmnText } from "@wisptools/core/domain/plmn";
import type { RatName, Roaming, SubscriberStatus } from "@wisptools/core/domain/subscription/settings";
import type { ShownState } from "../../../ui/states.ts";

export interface Look {
  word: string;
  mark: ShownState;
  /** 0 to 100: how much of the ring of `deploying` is drawn. */
  progress?: number;
  /** In one line: what it means. */
  meaning: string;
}

export const STATUS_LOOK: Record<SubscriberStatus, Look> = {
  active: { word: "Active", mark: "online", meaning: "Served wherever its restrictions allow." },
  suspended: { word: "Suspended", mark: "degraded", meaning: "Known, but refused and detached until it is activated." },
  terminated: { word: "Terminated", mark: "retired", meaning: "Gone for good, kept for the record." },
};

export const ATTACH_LOOK: Record<SubscriberLive["state"], Look> = {
  attached: { word: "Attached", mark: "online", meaning: "An MME serves it." },
  purged: {
    word: "Purged",
    mark: "pending",
    meaning: "The MME has forgotten it after a long silence; it stays registered there.",
  },
  detached: { word: "Detached", mark: "retired", meaning: "No MME serves it." },
};

/** A subscriber in one word: what keeps it from service comes first. */
export function lookOf(subscriber: { status: SubscriberStatus; live?: SubscriberLive | undefined }): Look {
  if (subscriber.status !== "active") return STATUS_LOOK[subscriber.status];
  return ATTACH_LOOK[subscriber.live?.state ?? "detached"];
}

export const RAT_WORDS: Record<RatName, string> = {
  eutran: "LTE (E-UTRAN)",
  "nb-iot": "NB-IoT",
  utran: "3G (UTRAN)",
  "hspa-evolution": "HSPA evolution",
  geran: "2G (GERAN)",
  gan: "GAN (UMA)",
  "non-3gpp": "Wi-Fi and other non-3GPP access",
};

export function roamingWords(roaming: Roaming): string {
  if (roaming.allowed === "none") return "Home networks only";
  return roaming.allowed === "all" ? "Every network" : `Home and ${roaming.plmns.map(plmnText).join(", ")}`;
}

export const KIND_WORDS: Record<SubscriberActivity["kind"], string> = {
  attach: "Attached",
  detach: "Detached",
  "authentication-failure": "Authentication failed",
  resynchronisation: "Resynchronised",
  rejected: "Rejected",
  "location-cancelled": "Location cancelled",
  "profile-pushed": "Profile pushed",
  "session-start": "Session started",
  "session-end": "Session ended",
  quota: "Quota",
  "imei-change": "Device changed",
  "equipment-refused": "Equipment refused",
  "peer-refused": "Peer refused",
  "cross-tenant": "Foreign subscriber",
  settings: "Settings changed",
};

export function isActivityKind(text: string): text is SubscriberActivity["kind"] {
  return Object.hasOwn(KIND_WORDS, text);
}
