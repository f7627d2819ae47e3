import { passesLuhn } from "@wisptools/core";
import { type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import { Imei, SoftwareVersion, TerminalInformation } from "../diameter/dictionary/s6a.ts";

const DEVICE_DIGITS = 14;

export interface Terminal {
  /** 15 digits, the last one the check digit. */
  readonly imei: string;
  readonly softwareVersion: string | undefined;
}

/** Whether two IMEIs, or IMEISVs, are of one device: TAC and serial number decide (TS 23.003 6.2.1). */
export function sameEquipment(a: string, b: string): boolean {
  return a.slice(0, DEVICE_DIGITS) === b.slice(0, DEVICE_DIGITS);
}

/** MMEs send 14 digits, or 0 in place of the check digit; what is written down always has it. */
export function withCheckDigit(imei: string): string {
  const device = imei.slice(0, DEVICE_DIGITS);
  for (let digit = 0; digit < 10; digit++) if (passesLuhn(`${device}${digit}`)) return `${device}${digit}`;
  throw new RangeError("an IMEI has 14 digits or more");
}

/**
 * What Terminal-Information says of the device, or undefined without it or without an IMEI in it.
 * @throws DiameterError 5004 with the IMEI, in its group, as Failed-AVP unless it is 14 to 16 digits (TS 29.272 7.3.4).
 */
export function terminalOf(request: AvpReader): Terminal | undefined {
  const terminal = request.get(TerminalInformation);
  const imei = terminal?.get(Imei);
  if (terminal === undefined || imei === undefined) return undefined;
  if (!/^\d{14,16}$/.test(imei)) {
    const failed = avp(TerminalInformation, [avp(Imei, imei)]);
    throw new DiameterError(RESULT.INVALID_AVP_VALUE, "IMEI is not 14 or 15 digits", failed);
  }
  return { imei: withCheckDigit(imei), softwareVersion: terminal.get(SoftwareVersion) };
}
