import { z } from "zod";
import { MaintenanceWindow, TimeZone } from "../rollout/strategy.ts";
import { KiPoolId, MappingMode, Mcc, MccMnc, Region, RsproNumber, SlotPolicyId } from "./ids.ts";

/** sticky: the slot it had before when that is free, else least-loaded. least-loaded: of the bank (the pool's card) with most room. round-robin: the slot that was free longest. */
export const SlotStrategy = z.enum(["sticky", "least-loaded", "round-robin"]);
export type SlotStrategy = z.infer<typeof SlotStrategy>;

/**
 * Who gets which cards. The first policy in the tenant's list that fits a client and has a card for it decides; the list's end is the
 * built-in policy (any client, any bank, sticky). Every condition that is present must hold.
 */
export const SlotPolicy = z.strictObject({
  id: SlotPolicyId,
  name: z.string().min(1).max(100),
  enabled: z.boolean(),
  /** Which clients. */
  match: z.strictObject({
    modes: z.array(MappingMode).min(1).optional(),
    /** What the client asked for: whole networks, or whole countries. */
    carriers: z
      .array(z.union([MccMnc, Mcc]))
      .min(1)
      .max(50)
      .optional(),
    /** The region of its login. */
    regions: z.array(Region).min(1).max(20).optional(),
    /** Client ids that begin so. */
    clientPrefix: z.string().min(1).max(100).optional(),
    /** Only in this time by this zone's clock; an end before the start is on the next day. */
    window: MaintenanceWindow.extend({ timeZone: TimeZone }).optional(),
  }),
  /** Which cards. Without `carriers`: of the network the client asked for, else of its country, else, when it asked for none, any. */
  choose: z.strictObject({
    /** Only these banks, preferred in this order. */
    banks: z.array(RsproNumber).min(1).max(50).optional(),
    regions: z.array(Region).min(1).max(20).optional(),
    /** Only cards of these networks or countries, whatever the client asked for. */
    carriers: z
      .array(z.union([MccMnc, Mcc]))
      .min(1)
      .max(50)
      .optional(),
    /** For KI_PROXY_SWSIM: only this pool. */
    poolId: KiPoolId.optional(),
  }),
  strategy: SlotStrategy,
  /** When its bank or card fails, may the client be moved to an equivalent card? */
  remap: z.boolean(),
});
export type SlotPolicy = z.infer<typeof SlotPolicy>;

/** Most profiles of a pool; the honest limit is lower when cards or RSPRO numbers run out. */
export const POOL_LIMIT = 6000;

/**
 * Cards whose keys answer for many virtual profiles each. A profile stays with its card: another card's key would not authenticate it.
 * A profile is mapped to a bank slot number of its own, above the pool's cards on the same bank, where the bankd answers with the card's key.
 */
export const KiPool = z.strictObject({
  id: KiPoolId,
  name: z.string().min(1).max(100),
  enabled: z.boolean(),
  bankId: RsproNumber,
  firstSlot: RsproNumber,
  lastSlot: RsproNumber,
  profilesPerSlot: z.int().min(1).max(1000),
  maxProfiles: z.int().min(1).max(POOL_LIMIT),
});
export type KiPool = z.infer<typeof KiPool>;
