import { z } from "zod";
import { Apn, CoreSource } from "../domain/epcSettings.ts";
import { TenantId } from "../domain/ids.ts";
import { Plmn } from "../domain/plmn.ts";
import { TimeZone } from "../domain/rollout/strategy.ts";
import { TacRange } from "../domain/tac.ts";
import { Instant } from "./instant.ts";

/** token: a valid token enrols at once, others wait. approval: every box waits. open: the tenant id alone suffices. */
export const EnrolmentPolicy = z.enum(["token", "approval", "open"]);
export type EnrolmentPolicy = z.infer<typeof EnrolmentPolicy>;

/** Where the Diameter peers of this tenant's EPCs are reached. */
export const DiameterSettings = z.object({
  realm: z.string().max(128),
  hssIdentity: z.string().max(200),
  hssHost: z.string().max(200),
  hssPort: z.int().min(1).max(65535),
  pcrfIdentity: z.string().max(200),
  pcrfHost: z.string().max(200),
  pcrfPort: z.int().min(1).max(65535),
  /** TLS with the EPC's certificate; plain only over a private link. */
  tls: z.boolean(),
});
export type DiameterSettings = z.infer<typeof DiameterSettings>;

/** tenants/{tenantId} */
export const Tenant = z.object({
  schemaVersion: z.literal(1),
  id: TenantId,
  name: z.string(),
  status: z.enum(["active", "suspended"]),
  enrolmentPolicy: EnrolmentPolicy,
  /** The first is the default of new EPCs. */
  plmns: z.array(Plmn),
  tacRanges: z.array(TacRange),
  apns: z.array(Apn),
  dns: z.array(z.string()),
  diameter: DiameterSettings,
  coreSource: CoreSource,
  /** Authority that certifies this tenant's EPCs for Diameter over TLS; its key is in secrets/diameterCa. Made with the first certificate. */
  diameterCa: z.object({ certificatePem: z.string() }).optional(),
  /** Tenants whose EPCs may serve this tenant's subscribers. */
  roamingPartners: z.array(TenantId).optional(),
  /** What the EIR answers for equipment on no list. */
  unknownEquipment: z.enum(["white", "grey", "black"]).optional(),
  settings: z.object({
    allowShell: z.boolean(),
    reportIntervalSeconds: z.int().min(10).max(3600),
    /** The clock of sites that have none of their own; absent: UTC. */
    timeZone: TimeZone.optional(),
  }),
  limits: z.object({ epcs: z.int().min(0) }),
  /** The integer by which remote-SIM clients name the tenant: an alias that decides nothing, unique by remsimTenantIds/{n}. */
  remsimTenantId: z.int().min(1).max(2_147_483_647).optional(),
  /** OpenPGP key that signs this tenant's deployment scripts; its secret half is in secrets/signingKey. */
  signingKey: z.object({ fingerprint: z.string(), publicKey: z.string() }),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Tenant = z.infer<typeof Tenant>;
