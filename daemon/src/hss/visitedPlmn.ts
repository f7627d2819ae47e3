import type { Plmn } from "@wisptools/core";
import { type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import { VisitedPlmnId } from "../diameter/dictionary/s6a.ts";
import { plmnOf } from "../plmnOctets.ts";

/**
 * The octets of Visited-PLMN-Id and the network they name.
 * @throws DiameterError 5005 or 5004 with Visited-PLMN-Id as Failed-AVP.
 */
export function visitedPlmnOf(request: AvpReader): { bytes: Buffer; plmn: Plmn } {
  const bytes = request.get(VisitedPlmnId);
  if (bytes === undefined) {
    throw new DiameterError(RESULT.MISSING_AVP, "Visited-PLMN-Id is missing", avp(VisitedPlmnId, Buffer.alloc(3)));
  }
  const plmn = plmnOf(bytes);
  if (plmn) return { bytes, plmn };
  const failed = avp(VisitedPlmnId, Buffer.from(bytes));
  throw new DiameterError(RESULT.INVALID_AVP_VALUE, "Visited-PLMN-Id is no MCC and MNC in 3 octets", failed);
}
