// What both sides can do (3GPP TS 29.212 5.4.1), and who may start bearers (5.3.23).
import { type Avp, type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { VendorId } from "../diameter/dictionary/base.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { BearerControlMode, NetworkRequestSupport } from "../diameter/dictionary/gx.ts";
import { FeatureList, FeatureListId, SupportedFeatures } from "../diameter/dictionary/s6a.ts";

/** Rel8, Rel9, Rel10: bits 0, 1 and 3 of list 1. */
const OURS = 0b1011;
const UE_ONLY = 0;
const UE_NW = 2;
const NETWORK_REQUEST_NOT_SUPPORTED = 0;

/** The features that both have; nothing if the request names none. */
export function commonFeatures(request: AvpReader): Avp[] {
  const theirs = request
    .all(SupportedFeatures)
    .find((each) => each.get(VendorId) === THREEGPP && each.get(FeatureListId) === 1);
  if (!theirs) return [];
  const common = ((theirs.get(FeatureList) ?? 0) & OURS) >>> 0;
  return [avp(SupportedFeatures, [avp(VendorId, THREEGPP), avp(FeatureListId, 1), avp(FeatureList, common)])];
}

/** UE_NW, as the plan's rules need bearers that the network starts, unless the UE or its network cannot. */
export function bearerControlMode(request: AvpReader): Avp {
  const support = request.get(NetworkRequestSupport);
  return avp(BearerControlMode, support === NETWORK_REQUEST_NOT_SUPPORTED ? UE_ONLY : UE_NW);
}
