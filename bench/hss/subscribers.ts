// The bench's subscribers: made from their number, so that each process knows them.
import { hash } from "node:crypto";
import type { OpenFiveGsSubscriber } from "@wisptools/core";
import type { SubscriberKeys } from "../../daemon/src/hss/crypto/keys.ts";

export const PLMN = Buffer.from("00f110", "hex");
export const REALM = "bench.wisptools.local";
export const HSS = `hss.${REALM}`;

/** 15 digits. */
export function imsiOf(n: number): string {
  return `00101${String(n).padStart(10, "0")}`;
}

/** Card `n`. */
export function keysOf(n: number): SubscriberKeys {
  const bytes = hash("sha256", `bench ${n}`, "buffer");
  return { algorithm: "milenage", k: bytes.subarray(0, 16), opc: bytes.subarray(16), amf: 0x8000 };
}

/** Subscriber `n` as the stand-alone mode reads it from a file, with a number of its own as real ones have. */
export function documentOf(n: number): OpenFiveGsSubscriber {
  const { k, opc } = keysOf(n);
  const rates = { uplink: 50_000_000, downlink: 100_000_000 };
  const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
  return {
    imsi: imsiOf(n) as OpenFiveGsSubscriber["imsi"],
    msisdn: `49${String(n).padStart(10, "0")}`,
    keys: { k: k.toString("hex"), opc: (opc as Buffer).toString("hex") },
    amf: "8000",
    profile: {
      status: "active",
      rates,
      apns: [{ contextId: 1, apn: "internet", pdnType: "ipv4", qci: 9, arp, rates, rules: [] }],
      accessRestriction: 0,
      roaming: { allowed: "all" },
      networkAccessMode: 2,
    },
  };
}
