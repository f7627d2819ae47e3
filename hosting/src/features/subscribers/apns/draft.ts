import type { putApn } from "@wisptools/core/api/hss";
import type { ApnProfile } from "@wisptools/core/documents/subscription";
import { type Arp, DEFAULT_ARP } from "@wisptools/core/domain/subscription/qos";
import { optionalNumber } from "../../../data/wholeNumber.ts";
import { type RatesText, ratesText, readRates } from "../shared/units.ts";

/** An APN profile as typed. Empty text = the plan's. */
export interface ApnDraft {
  apn: string;
  pdnType: "ipv4" | "ipv6" | "ipv4v6";
  qci: string;
  hasArp: boolean;
  arp: Arp;
  hasRates: boolean;
  rates: RatesText;
  chargingCharacteristics: string;
}

export function toDraft(
  apn: Pick<ApnProfile, "apn" | "pdnType" | "qci" | "arp" | "rates" | "chargingCharacteristics"> | undefined,
): ApnDraft {
  return {
    apn: apn?.apn ?? "",
    pdnType: apn?.pdnType ?? "ipv4",
    qci: apn?.qci === undefined ? "" : String(apn.qci),
    hasArp: apn?.arp !== undefined,
    arp: { ...(apn?.arp ?? DEFAULT_ARP) },
    hasRates: apn?.rates !== undefined,
    rates: ratesText(apn?.rates),
    chargingCharacteristics: apn?.chargingCharacteristics ?? "",
  };
}

/** What is sent. Throws ApiError at the field of what is no number or rate. */
export function toBody(draft: ApnDraft, revision: number | undefined): (typeof putApn)["body"]["_zod"]["input"] {
  const qci = optionalNumber("qci", draft.qci, 1, 254);
  const charging = draft.chargingCharacteristics.trim().toLowerCase();
  return {
    apn: draft.apn.trim(),
    pdnType: draft.pdnType,
    ...(qci === undefined ? {} : { qci }),
    ...(draft.hasArp ? { arp: draft.arp } : {}),
    ...(draft.hasRates ? { rates: readRates("rates", draft.rates) } : {}),
    ...(charging ? { chargingCharacteristics: charging } : {}),
    ...(revision === undefined ? {} : { revision }),
  };
}
