import type { SubscriberKeys } from "../../../daemon/src/hss/crypto/keys.ts";
import { Usim } from "../../../daemon/src/hss/crypto/usim.ts";

/** The keys of all demo subscribers. They are public, so no real network may use them. */
export const DEMO_KEYS = {
  k: "465b5ce8b199b49faa5f0a2ee238a6bc",
  opc: "e8ed289deba952e4283b54e88e6183ca",
  amf: 0x8000,
} as const;

/** TAC of simulated equipment: a test equipment's reporting body (00) and a number of ours. */
const TAC = "00112233";

export interface UeOptions {
  imsi: string;
  /** MILENAGE or TUAK keys of the card. */
  keys: SubscriberKeys;
  /** 14 or 15 digits; default: made from the IMSI's last digits. */
  imei?: string;
  /** Two digits; default "01". */
  softwareVersion?: string;
  /** The highest SQN that the card accepted so far, 6 bytes; default: a new card. */
  sqnMs?: Uint8Array;
}

/** A telephone with its card. It answers challenges; the rest of the attachment is the MME's. */
export class SimulatedUe {
  readonly imsi: string;
  readonly imei: string;
  readonly softwareVersion: string;
  readonly usim: Usim;

  /** @throws RangeError naming the field of `keys` that is wrong. */
  constructor({ imsi, keys, imei, softwareVersion = "01", sqnMs }: UeOptions) {
    this.imsi = imsi;
    this.imei = imei ?? `${TAC}${imsi.slice(-6).padStart(6, "0")}`;
    this.softwareVersion = softwareVersion;
    this.usim = new Usim(keys, sqnMs);
  }
}

/** The keys that a MILENAGE card of the demo world holds. */
export function demoKeys(): SubscriberKeys {
  const { k, opc, amf } = DEMO_KEYS;
  return { algorithm: "milenage", k: Buffer.from(k, "hex"), opc: Buffer.from(opc, "hex"), amf };
}

/** Demo subscriber `n` of tenant_wisp123, from 1: IMSI 001010000000001 and on. */
export function demoUe(n: number): SimulatedUe {
  return new SimulatedUe({ imsi: `00101${String(n).padStart(10, "0")}`, keys: demoKeys() });
}
