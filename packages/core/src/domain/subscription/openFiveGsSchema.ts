// The subscriber document that Open5GS keeps in MongoDB, as far as an EPC needs it. Fields are named as there.
import { z } from "zod";
import { ApnSettings } from "../../documents/subscription.ts";
import { Imsi, Msisdn } from "../imsi.ts";
import { FlowDescription, Qci } from "./qos.ts";

export const LOWEST_RATE = 1000;
/** S6a and Gx carry rates in an Unsigned32 (3GPP TS 29.272 7.3.41). */
export const HIGHEST_RATE = 4_294_967_295;

const BITS_OF_UNIT = [1, 1e3, 1e6, 1e9, 1e12];

/** bit/s of `{value, unit}` (0 = bit/s, 1 = kbit/s .. 4 = Tbit/s) or of the older plain number of kbit/s; 0 is "not given". */
const Rate = z.unknown().transform((given, context): number | undefined => {
  const { value, unit = 0 } =
    typeof given === "number" ? { value: given, unit: 1 } : ((given ?? {}) as { value?: unknown; unit?: unknown });
  const bits = BITS_OF_UNIT[unit as number];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || bits === undefined) {
    context.addIssue({ code: "custom", message: "must be {value, unit 0 to 4}, or a whole number of kbit/s" });
    return z.NEVER;
  }
  return value === 0 ? undefined : Math.min(Math.max(value * bits, LOWEST_RATE), HIGHEST_RATE);
});
const Rates = z.object({ downlink: Rate.optional(), uplink: Rate.optional() });
export type RatesInput = z.infer<typeof Rates>;

const Arp = z.object({
  priority_level: z.int().min(1).max(15).default(8),
  pre_emption_capability: z.int().min(0).max(2).optional(),
  pre_emption_vulnerability: z.int().min(0).max(2).optional(),
});
export type ArpInput = z.infer<typeof Arp>;

const PccRule = z.object({
  flow: z
    .array(z.object({ direction: z.int().min(0).max(3).default(0), description: FlowDescription }))
    .min(1, "needs at least one flow")
    .max(15),
  qos: z.object({
    index: Qci.optional(),
    qci: Qci.optional(),
    arp: Arp.optional(),
    mbr: Rates.optional(),
    gbr: Rates.optional(),
  }),
});
export type PccRuleInput = z.infer<typeof PccRule>;

const AccessPointName = ApnSettings.shape.apn;
const session = {
  type: z.int().min(0).max(3).optional(),
  ambr: Rates.optional(),
  ue: z
    .object({
      ipv4: z.ipv4("must be an IPv4 address").optional(),
      addr: z.ipv4("must be an IPv4 address").optional(),
      ipv6: z.ipv6("must be an IPv6 address").optional(),
      addr6: z.ipv6("must be an IPv6 address").optional(),
    })
    .optional(),
  pcc_rule: z.array(PccRule).max(16).optional(),
};
const Session = z.object({
  name: AccessPointName,
  qos: z.object({ index: Qci.default(9), arp: Arp.optional() }).optional(),
  ...session,
});
/** What slices were before they were there. */
const Pdn = z.object({
  apn: AccessPointName,
  qos: z.object({ qci: Qci.default(9), arp: Arp.optional() }).optional(),
  ...session,
});
export type SessionInput = z.infer<typeof Session>;
export type PdnInput = z.infer<typeof Pdn>;

const unsigned32 = z.int().min(0).max(HIGHEST_RATE);

export const OpenFiveGsDocument = z
  .object({
    imsi: Imsi,
    msisdn: z.union([z.array(Msisdn), Msisdn.transform((one) => [one])]).optional(),
    security: z.object({
      k: z.string(),
      op: z.string().optional(),
      opc: z.string().optional(),
      amf: z
        .string()
        .transform((text) => text.replace(/[\s-]/g, "").toLowerCase())
        .pipe(z.string().regex(/^[0-9a-f]{4}$/, "must be 4 hex digits"))
        .default("8000"),
      sqn: z
        .union([z.int().min(0), z.bigint().min(0n)])
        .transform(BigInt)
        .refine((value) => value < 1n << 48n, "must be below 2^48")
        .optional(),
    }),
    ambr: Rates.optional(),
    slice: z
      .array(z.object({ default_indicator: z.boolean().default(false), session: z.array(Session).default([]) }))
      .optional(),
    pdn: z.array(Pdn).optional(),
    access_restriction_data: unsigned32.default(0),
    subscriber_status: z.int().min(0).max(1).default(0),
    operator_determined_barring: unsigned32.default(0),
    network_access_mode: z.int().min(0).max(2).default(2),
    /** Minutes. */
    subscribed_rau_tau_timer: z.int().min(0).max(71_582_788).optional(),
  })
  .refine((document) => document.pdn?.length || document.slice?.some((slice) => slice.session.length > 0), {
    message: "needs at least one session",
    path: ["slice"],
  });
export type OpenFiveGsDocument = z.infer<typeof OpenFiveGsDocument>;
