import { z } from "zod";

/** Public land mobile network identity: MCC of 3 digits, MNC of 2 or 3 (3GPP TS 23.003 2.2). */
export const Plmn = z.object({
  mcc: z.string().regex(/^\d{3}$/, "must be 3 digits"),
  mnc: z.string().regex(/^\d{2,3}$/, "must be 2 or 3 digits"),
});
export type Plmn = z.infer<typeof Plmn>;

/** The usual written form, e.g. `001/01`. */
export function plmnText(plmn: Plmn): string {
  return `${plmn.mcc}/${plmn.mnc}`;
}

export function samePlmn(a: Plmn, b: Plmn): boolean {
  return a.mcc === b.mcc && a.mnc === b.mnc;
}
