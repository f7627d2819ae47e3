// Who wants which network: what a PCRF needs of a CCR-I to decide (3GPP TS 29.212 4.5.1).
import type { AnyDefinition, AvpReader } from "../diameter/codec/avpDefinition.ts";
import { exampleAvp } from "../diameter/codec/checkAvps.ts";
import {
  CalledStationId,
  SubscriptionId,
  SubscriptionIdData,
  SubscriptionIdType,
} from "../diameter/dictionary/base.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { EXPERIMENTAL } from "../diameter/dictionary/results.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import { accessPointName } from "./accessPointName.ts";
import { framedAddress } from "./framedAddress.ts";

/** RFC 4006 8.47. */
const END_USER_IMSI = 1;

export interface InitialParameters {
  imsi: string;
  apn: string;
  address: string;
}

/**
 * The parameters, or the answer that says which is missing: DIAMETER_ERROR_INITIAL_PARAMETERS (TS 29.212 5.5.3).
 * @throws DiameterError 5004 for an address that is none.
 */
export function initialParameters(request: AvpReader): InitialParameters | Answer {
  const imsi = request
    .all(SubscriptionId)
    .find((each) => each.get(SubscriptionIdType) === END_USER_IMSI)
    ?.get(SubscriptionIdData);
  if (imsi === undefined || !/^\d{6,15}$/.test(imsi)) return incomplete(SubscriptionId, "an END_USER_IMSI is needed");
  const called = request.get(CalledStationId);
  if (called === undefined || called.trim() === "") return incomplete(CalledStationId, "the APN is needed");
  return { imsi, apn: accessPointName(called), address: framedAddress(request) };
}

function incomplete(definition: AnyDefinition, words: string): Answer {
  return {
    experimentalResult: { vendorId: THREEGPP, code: EXPERIMENTAL.INITIAL_PARAMETERS },
    avps: [],
    failedAvp: exampleAvp(definition),
    errorMessage: `${definition.name}: ${words}`,
  };
}
