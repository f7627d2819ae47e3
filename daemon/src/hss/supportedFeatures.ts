import { type Avp, type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { VendorId } from "../diameter/dictionary/base.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { FeatureList, FeatureListId, SupportedFeatures } from "../diameter/dictionary/s6a.ts";

const ODB_ALL_APN = 1 << 0;
const ODB_HPLMN_APN = 1 << 1;
const ODB_VPLMN_APN = 1 << 2;
const NR_AS_SECONDARY_RAT = 1 << 27;

/** What we support of each Feature-List-ID (TS 29.272 7.3.10). NR beside LTE needs nothing of us as long as it is not restricted. */
const OURS = new Map([
  [1, ODB_ALL_APN | ODB_HPLMN_APN | ODB_VPLMN_APN],
  [2, NR_AS_SECONDARY_RAT],
]);

/** The features of a request that are ours too, a list for each list it has (TS 29.229 7.2.1). */
export function commonFeatures(request: AvpReader): Avp[] {
  return request.all(SupportedFeatures).flatMap((features) => {
    const id = features.get(FeatureListId);
    const ours = id === undefined ? undefined : OURS.get(id);
    if (id === undefined || ours === undefined || features.get(VendorId) !== THREEGPP) return [];
    const common = (features.get(FeatureList) ?? 0) & ours;
    return [avp(SupportedFeatures, [avp(VendorId, THREEGPP), avp(FeatureListId, id), avp(FeatureList, common >>> 0)])];
  });
}
