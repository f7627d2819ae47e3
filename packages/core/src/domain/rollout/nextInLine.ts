import type { Epc } from "../../documents/epc.ts";

/** An EPC that has not reported for so long since it enrolled may never do so, ms. */
const FIRST_REPORT_MS = 3_600_000;

/** A device that waits for its turn, as far as the order goes. */
export interface InLine {
  /** It was out of reach when its turn came, and others went first. */
  passedOver: boolean;
  isReachable: boolean;
}

/**
 * Whom to tell, at most `room`, of the devices at the front of the line, and whom to pass over. One out of reach would keep one of the places
 * for as long as its command waits for it, so it goes to the end of the line once. Those that were passed over are told when nobody at the
 * front can be reached or is new there: their commands then wait for them.
 */
export function nextInLine<T extends InLine>(front: readonly T[], room: number): { told: T[]; passedOver: T[] } {
  const told = front.filter((one) => one.isReachable).slice(0, room);
  const passedOver = front.filter((one) => !one.isReachable && !one.passedOver);
  if (told.length + passedOver.length > 0) return { told, passedOver };
  return { told: front.slice(0, room), passedOver };
}

/** Whether an EPC may be expected to fetch a command soon: not when it is offline, nor when it has enrolled and never reported. */
export function isReachable({ state, stateSince }: Pick<Epc, "state" | "stateSince">, now: Date): boolean {
  return state !== "offline" && !(state === "enrolled" && now.getTime() - stateSince.getTime() > FIRST_REPORT_MS);
}
