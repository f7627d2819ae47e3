import type {
  RemsimClient,
  RemsimClientState,
  RemsimEventType,
  SimBank,
  SimSlot,
  SlotMap,
} from "@wisptools/core/documents/remsim";
import type { MappingMode } from "@wisptools/core/domain/remsim/ids";
import type { SlotStrategy } from "@wisptools/core/domain/remsim/policy";
import type { Look } from "../../subscribers/shared/words.ts";

export const CLIENT_LOOK: Record<RemsimClientState, Look> = {
  registered: { word: "Registered", mark: "pending", meaning: "Has a card, and has given no sign of life yet." },
  connected: { word: "Connected", mark: "online", meaning: "Has a card and is alive." },
  disconnected: { word: "Disconnected", mark: "offline", meaning: "Silent for longer than the grace period." },
  released: { word: "Released", mark: "retired", meaning: "Holds no card." },
};

export const CLIENT_STATES = Object.keys(CLIENT_LOOK) as RemsimClientState[];

export const CLASH_LOOK: Look = {
  word: "Name clash",
  mark: "degraded",
  meaning: "Two routers report under this name with one login. Rename one, or give it a login of its own.",
};

const SILENT_LOOK: Look = {
  word: "Silent",
  mark: "degraded",
  meaning: "No sign of life for the grace period; its card is about to go back.",
};

/** A client's state as far as it can be believed: a lease that is over outlasts its word until the sweep comes by. */
export function clientLook(client: Pick<RemsimClient, "state" | "leaseUntil">, now: number): Look {
  const held = client.state === "connected" || client.state === "registered";
  const over = client.leaseUntil !== null && client.leaseUntil.getTime() < now;
  return held && over ? SILENT_LOOK : CLIENT_LOOK[client.state];
}

/** A bank as people ask about it: switched off comes before gone. */
export function bankLook(bank: Pick<SimBank, "enabled" | "connected">): Look {
  if (!bank.enabled) return { word: "Switched off", mark: "retired", meaning: "Gives no card to new clients." };
  if (bank.connected === undefined)
    return { word: "Not seen", mark: "pending", meaning: "No daemon has looked at its server yet." };
  return bank.connected
    ? { word: "Connected", mark: "online", meaning: "Its bankd is connected to the server." }
    : { word: "Gone", mark: "offline", meaning: "Its bankd is not connected to the server." };
}

export type SlotKind = "free" | "used" | "resting" | "disabled" | "faulty" | "empty";

export const SLOT_LOOK: Record<SlotKind, Look> = {
  free: { word: "Free", mark: "pending", meaning: "Has a card that nobody holds." },
  used: { word: "In use", mark: "online", meaning: "A client holds its card." },
  resting: { word: "Cooling down", mark: "deploying", meaning: "Was released just now; nobody gets it yet." },
  disabled: { word: "Disabled", mark: "retired", meaning: "Kept from new clients by a person." },
  faulty: { word: "Faulty", mark: "offline", meaning: "Its card failed." },
  empty: { word: "Empty", mark: "retired", meaning: "Has no card." },
};
export const SLOT_KINDS = Object.keys(SLOT_LOOK) as SlotKind[];

/** What a slot is to somebody who looks for a card. Of a pool, one with room is free even while profiles use it. */
export function slotKind(slot: Pick<SimSlot, "state" | "availableAt" | "poolId">, now: number): SlotKind {
  if (slot.state === "available") return slot.availableAt.getTime() > now && slot.poolId === null ? "resting" : "free";
  return slot.state === "assigned" ? "used" : slot.state;
}

export function mapLook(map: SlotMap | undefined): Look {
  const state = map?.actual?.state;
  if (!map) return { word: "No map", mark: "retired", meaning: "The server need not join it to a card." };
  switch (state) {
    case undefined:
      return { word: "Not seen", mark: "pending", meaning: "No daemon has told the server yet." };
    case "ACTIVE":
      return { word: "Active", mark: "online", meaning: "The server joins this client to its card." };
    case "ABSENT":
      return { word: "Missing", mark: "offline", meaning: "The server does not have the map yet." };
    case "NEW":
    case "UNACKNOWLEDGED":
      return {
        word: state === "NEW" ? "New" : "Unacknowledged",
        mark: "deploying",
        meaning: "The server has it; the bankd has not answered.",
      };
    default:
      return { word: "Being removed", mark: "degraded", meaning: "The server takes the old map away." };
  }
}

export const MODE_WORDS: Record<MappingMode, string> = {
  ONE_TO_ONE_SWSIM: "A card of its own (software SIM)",
  ONE_TO_ONE_VSIM: "A card of its own (modem's virtual SIM)",
  KI_PROXY_SWSIM: "A profile of a KI pool",
};

export const STRATEGY_WORDS: Record<SlotStrategy, string> = {
  sticky: "the card it had before, else where most is free",
  "least-loaded": "where most is free",
  "round-robin": "the card that was free longest",
};

export const EVENT_WORDS: Record<RemsimEventType, string> = {
  client_registered: "Client registered",
  client_disconnected: "Client disconnected",
  client_unregistered: "Client unregistered",
  client_clash: "Name clash",
  slot_reassigned: "Card changed",
  bank_down: "Bank gone",
  bank_up: "Bank back",
  pool_exhausted: "Pool exhausted",
};

export function isEventType(text: string): text is RemsimEventType {
  return Object.hasOwn(EVENT_WORDS, text);
}

/** `310410` as `310/410`: its first three digits name the country. */
export function networkWords(mccMnc: string): string {
  return mccMnc.length > 3 ? `${mccMnc.slice(0, 3)}/${mccMnc.slice(3)}` : mccMnc;
}

/** The end of an ICCID is what people read off a card. */
export function iccidEnd(iccid: string): string {
  return iccid ? `…${iccid.slice(-6)}` : "";
}

/** "bank 1, slot 17" */
export function placeWords(place: { bankId: number; slotId: number }): string {
  return `bank ${place.bankId}, slot ${place.slotId}`;
}
