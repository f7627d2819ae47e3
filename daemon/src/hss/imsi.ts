import { type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { UserName } from "../diameter/dictionary/base.ts";
import { RESULT } from "../diameter/dictionary/results.ts";

const IMSI = /^\d{6,15}$/;

/**
 * The IMSI in User-Name (TS 29.272 7.2), or undefined without User-Name.
 * @throws DiameterError 5004 with User-Name as Failed-AVP unless it is 6 to 15 digits (TS 23.003 2.2).
 */
export function imsiIn(request: AvpReader): string | undefined {
  const imsi = request.get(UserName);
  if (imsi === undefined || IMSI.test(imsi)) return imsi;
  throw new DiameterError(RESULT.INVALID_AVP_VALUE, "User-Name is no IMSI of 6 to 15 digits", avp(UserName, imsi));
}

/** As `imsiIn`, where the command requires it. @throws DiameterError 5005 besides. */
export function imsiOf(request: AvpReader): string {
  const imsi = imsiIn(request);
  if (imsi === undefined) throw new DiameterError(RESULT.MISSING_AVP, "User-Name is missing", avp(UserName, ""));
  return imsi;
}
