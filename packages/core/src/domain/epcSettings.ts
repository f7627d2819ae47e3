import { z } from "zod";
import { ChannelName } from "./apt/ids.ts";

/** An IPv4 network in CIDR form whose host part leaves room for UEs. */
export const Ipv4Cidr = z.cidrv4("must be an IPv4 network such as 10.45.0.0/16");

/** An access point name (3GPP TS 23.003 9.1) with the pool its UEs get their addresses from. */
export const Apn = z.object({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/i, "must be labels of letters, digits and hyphens"),
  uePool: Ipv4Cidr,
});
export type Apn = z.infer<typeof Apn>;

/** The URI of a core source that is the tenant's own repository, in the EPC's channel. */
export const OWN_REPOSITORY = "repository";

/**
 * The APT source that Open5GS comes from. `signingKey` is an armoured OpenPGP public key; absent only for a trusted mirror on the
 * box itself (file:), and for the tenant's own repository, whose suite and components are not asked for.
 */
export const CoreSource = z.object({
  uri: z
    .string()
    .regex(
      /^(?:repository|(?:https?|file):\/{2,3}[^\s'"]+)$/,
      `must be an http, https or file URI, or "${OWN_REPOSITORY}"`,
    )
    .max(500),
  suite: z.string().regex(/^[A-Za-z0-9./_-]{1,64}$/, "must be a suite name, or ./ for a flat repository"),
  components: z.array(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)).max(8),
  signingKey: z.string().max(20_000).optional(),
});
export type CoreSource = z.infer<typeof CoreSource>;

/** What an operator may set per EPC; each change makes a new deployment script version. Absent = the tenant's. */
export const EpcSettings = z.object({
  s1apAddress: z.ipv4("must be an IPv4 address").optional(),
  apns: z.array(Apn).min(1).max(8).optional(),
  dns: z.array(z.ipv4("must be an IPv4 address")).max(4).optional(),
  /** Masquerade UE traffic behind the box's own address, and forward it. */
  nat: z.boolean().optional(),
  /**
   * The EPC runs a PCRF of its own, with one policy for everyone: its APNs as the tenant's default plan has them. For links that drop
   * often, as sessions then start without the cloud. Quotas, bursts and other plans do not apply on its Gx.
   */
  localPcrf: z.boolean().optional(),
  /** The channel of the tenant's repository that the EPC's packages come from; absent: stable. */
  channel: ChannelName.optional(),
});
export type EpcSettings = z.infer<typeof EpcSettings>;
