import type { Epc } from "../documents/epc.ts";

type Mark = Epc["replayMark"];

/** Nonces remembered for one timestamp: how many writes a device without fractions may sign in one second. */
const NONCES = 32;

/**
 * The mark after accepting a signed write, or undefined when it is not newer than the last accepted one.
 * Equal timestamps are told apart by their nonces, so that devices that sign whole seconds may write more than once in one.
 */
export function nextMark(mark: Mark, timestamp: number, nonce: string): Mark | undefined {
  if (timestamp > mark.timestamp) return { timestamp, nonces: [nonce] };
  if (timestamp < mark.timestamp || mark.nonces.includes(nonce) || mark.nonces.length >= NONCES) return undefined;
  return { timestamp, nonces: [...mark.nonces, nonce] };
}
