import type { Plmn } from "@wisptools/core";
import { type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import { VisitedPlmnId } from "../diameter/dictionary/s6a.ts";

const FILLER = 0xf;

/** @returns the network that 3 octets name (TS 29.272 7.3.9, TS 24.008 10.5.1.13), or undefined if a nibble is no digit. */
export function plmnOf(bytes: Uint8Array): Plmn | undefined {
  if (bytes.length !== 3) return undefined;
  const [a, b, c] = bytes as unknown as [number, number, number];
  const digits = [a & 15, a >> 4, b & 15, c & 15, c >> 4];
  const third = b >> 4;
  if (digits.some((digit) => digit > 9) || (third > 9 && third !== FILLER)) return undefined;
  const mnc = `${digits[3]}${digits[4]}${third === FILLER ? "" : third}`;
  return { mcc: `${digits[0]}${digits[1]}${digits[2]}`, mnc };
}

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
