import { z } from "zod";
import { Iccid, Imei, Msisdn } from "../imsi.ts";
import { Plmn } from "../plmn.ts";

/** Slug of a plan, group or APN profile: chosen once, used in links and imports. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter or digit");

/** active: served. suspended: known, refused, detached; may become active again. terminated: gone for good, kept for the record. */
export const SubscriberStatus = z.enum(["active", "suspended", "terminated"]);
export type SubscriberStatus = z.infer<typeof SubscriberStatus>;

/** Networks other than the tenant's own in which a subscriber may register. */
export const Roaming = z.discriminatedUnion("allowed", [
  z.strictObject({ allowed: z.literal("none") }),
  z.strictObject({ allowed: z.literal("all") }),
  z.strictObject({ allowed: z.literal("listed"), plmns: z.array(Plmn).min(1, "needs at least one PLMN").max(64) }),
]);
export type Roaming = z.infer<typeof Roaming>;

/** Radio access technologies that can be denied, with their bit of Access-Restriction-Data (3GPP TS 29.272 7.3.31). */
export const RAT_RESTRICTION_BITS = {
  utran: 0,
  geran: 1,
  gan: 2,
  "hspa-evolution": 3,
  eutran: 4,
  "non-3gpp": 5,
  "nb-iot": 6,
} as const;
export const RatName = z.enum(["utran", "geran", "gan", "hspa-evolution", "eutran", "non-3gpp", "nb-iot"]);
export type RatName = z.infer<typeof RatName>;

export const AuthenticationAlgorithm = z.enum(["milenage", "tuak"]);
export type AuthenticationAlgorithm = z.infer<typeof AuthenticationAlgorithm>;

/** What an operator decides about one subscriber; never keys. Absent plan, APNs, roaming or RATs are the group's. */
export const SubscriberSettings = z.object({
  msisdn: Msisdn.optional(),
  iccid: Iccid.optional(),
  label: z.string().max(80),
  status: SubscriberStatus,
  planId: Slug.optional(),
  groupId: Slug.optional(),
  /** APN profiles in order; the first is the default. */
  apnIds: z.array(Slug).min(1).max(8).optional(),
  /** Fixed UE addresses by APN profile. */
  staticAddresses: z.record(Slug, z.ipv4("must be an IPv4 address")),
  roaming: Roaming.optional(),
  deniedRats: z.array(RatName).optional(),
  /** When set, only this equipment may be used (IMSI-IMEI binding). */
  imei: Imei.optional(),
  algorithm: AuthenticationAlgorithm,
  /** Authentication management field, 4 hex digits; the separation bit is set in what is sent. */
  amf: z.string().regex(/^[0-9a-f]{4}$/, "must be 4 hex digits"),
});
export type SubscriberSettings = z.infer<typeof SubscriberSettings>;

/** Secret input of a subscriber: hex, write-only. Exactly one of the operator's values. */
export const SubscriberKeyInput = z.strictObject({
  k: hex(16, 32),
  opc: hex(16).optional(),
  op: hex(16).optional(),
  topc: hex(32).optional(),
  top: hex(32).optional(),
});
export type SubscriberKeyInput = z.infer<typeof SubscriberKeyInput>;

function hex(...lengths: number[]) {
  const digits = lengths.map((length) => length * 2);
  return z
    .string()
    .transform((text) => text.replace(/[\s-]/g, "").toLowerCase())
    .refine(
      (text) => /^[0-9a-f]*$/.test(text) && digits.includes(text.length),
      `must be ${digits.join(" or ")} hex digits`,
    );
}

/** What is wrong with keys for an algorithm, as field and words; undefined when they fit. */
export function keyFault(
  algorithm: AuthenticationAlgorithm,
  keys: SubscriberKeyInput,
): { field: string; message: string } | undefined {
  const allowed = algorithm === "milenage" ? (["opc", "op"] as const) : (["topc", "top"] as const);
  const refused = algorithm === "milenage" ? (["topc", "top"] as const) : (["opc", "op"] as const);
  const wrong = refused.find((name) => keys[name] !== undefined);
  if (wrong) return { field: wrong, message: `${wrong} does not belong to ${algorithm}` };
  const given = allowed.filter((name) => keys[name] !== undefined);
  if (given.length !== 1) return { field: allowed[0], message: `give exactly one of ${allowed.join(" and ")}` };
  if (algorithm === "milenage" && keys.k.length !== 32)
    return { field: "k", message: "must be 32 hex digits for milenage" };
  return undefined;
}
