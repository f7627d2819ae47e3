import { z } from "zod";
import type { Plmn } from "./plmn.ts";

/** International mobile subscriber identity: MCC, MNC and MSIN, 6 to 15 digits (3GPP TS 23.003 2.2). */
export const Imsi = z
  .string()
  .regex(/^\d{6,15}$/, "must be 6 to 15 digits")
  .brand<"Imsi">();
export type Imsi = z.infer<typeof Imsi>;

/** Mobile subscriber ISDN number in international form without the plus (ITU-T E.164). */
export const Msisdn = z
  .string()
  .transform((text) => text.replace(/^\+|[\s-]/g, ""))
  .pipe(z.string().regex(/^\d{5,15}$/, "must be 5 to 15 digits"));

/** International mobile equipment identity with its check digit (3GPP TS 23.003 6.2.1). */
export const Imei = z
  .string()
  .regex(/^\d{15}$/, "must be 15 digits")
  .refine(passesLuhn, "has a wrong check digit");

/** Integrated circuit card id with its check digit (ITU-T E.118). */
export const Iccid = z
  .string()
  .regex(/^\d{19,20}$/, "must be 19 or 20 digits")
  .refine(passesLuhn, "has a wrong check digit");

/** Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1 annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Whether an IMSI begins with this network's codes. */
export function isOfPlmn(imsi: string, plmn: Plmn): boolean {
  return imsi.startsWith(plmn.mcc + plmn.mnc);
}
