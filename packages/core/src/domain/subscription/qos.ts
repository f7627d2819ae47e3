import { z } from "zod";

/** bit/s; S6a and Gx carry it in an Unsigned32 (3GPP TS 29.272 7.3.41). */
export const BitRate = z
  .int()
  .min(1000, "must be at least 1000 bit/s")
  .max(4_294_967_295, "must be at most 4294967295 bit/s");

export const BitRates = z.strictObject({ uplink: BitRate, downlink: BitRate });
export type BitRates = z.infer<typeof BitRates>;

/** QoS class identifier: the standardised ones and the operator's (3GPP TS 23.203 6.1.7). */
export const Qci = z.int().min(1).max(254);

/** Allocation and retention priority (3GPP TS 23.203 6.1.7.3): 1 is the most important. */
export const Arp = z.strictObject({
  priorityLevel: z.int().min(1).max(15),
  /** May take resources from bearers of lower priority. */
  preemptionCapability: z.boolean(),
  /** May lose its resources to bearers of higher priority. */
  preemptionVulnerability: z.boolean(),
});
export type Arp = z.infer<typeof Arp>;

const END = "(any|assigned|[0-9A-Fa-f.:]+(/\\d{1,3})?)( [\\d,-]+)?";

/** Service data flow filter: IPFilterRule as 3GPP TS 29.212 5.4.2 restricts it, e.g. `permit out udp from 203.0.113.0/24 5060 to assigned`. */
export const FlowDescription = z
  .string()
  .max(256)
  .regex(
    new RegExp(`^permit out (ip|tcp|udp|icmp|\\d{1,3}) from ${END} to ${END}$`),
    "must be like: permit out udp from 203.0.113.0/24 5060 to assigned",
  );

/** A policy and charging rule of a plan (3GPP TS 29.212 5.3.4). `gbr` only with a guaranteed-bit-rate QCI. */
export const PccRule = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "must be 1 to 64 of A-Z a-z 0-9 . _ -"),
  /** Lower values are looked at first. */
  precedence: z.int().min(1).max(65_535),
  qci: Qci,
  arp: Arp,
  mbr: BitRates.optional(),
  gbr: BitRates.optional(),
  flows: z
    .array(z.strictObject({ direction: z.enum(["uplink", "downlink", "bidirectional"]), description: FlowDescription }))
    .min(1, "needs at least one flow")
    .refine(
      (flows) => filtersOf(flows) <= FILTERS_OF_A_RULE,
      "must be at most 14 filters; a bidirectional flow counts twice",
    ),
});
export type PccRule = z.infer<typeof PccRule>;

/** What Open5GS's SMF takes; a CCA with more is dropped, and the UE hangs. */
export const RULES_OF_A_PLAN = 7;
const FILTERS_OF_A_RULE = 14;

/** Packet filters that flows become: a bidirectional one is told once for each direction. */
function filtersOf(flows: readonly { direction: string }[]): number {
  return flows.reduce((sum, { direction }) => sum + (direction === "bidirectional" ? 2 : 1), 0);
}

/** QCIs whose bearers have a guaranteed bit rate (3GPP TS 23.203 table 6.1.7-A). */
export const GBR_QCIS: readonly number[] = [1, 2, 3, 4, 65, 66, 67, 71, 72, 73, 74, 75, 76];

export const DEFAULT_ARP: Arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
