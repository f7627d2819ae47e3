import { z } from "zod";
import { EpcId, TenantId } from "../domain/ids.ts";
import { Role } from "../domain/roles.ts";
import { Instant } from "./instant.ts";

/** tenants/{t}/enrolmentTokens/{sha256 of the token}; the token itself is shown once and kept nowhere. */
export const EnrolmentToken = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  label: z.string(),
  site: z.string().optional(),
  /** First characters, so that people can tell tokens apart. */
  hint: z.string(),
  uses: z.int(),
  maxUses: z.int().optional(),
  expiresAt: Instant.optional(),
  revokedAt: Instant.optional(),
  lastUsedAt: Instant.optional(),
  createdAt: Instant,
  createdBy: z.string(),
});
export type EnrolmentToken = z.infer<typeof EnrolmentToken>;

/** tenants/{t}/apiKeys/{sha256 of the key}: an integrator's key acts with a role of the tenant. */
export const ApiKey = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  label: z.string(),
  hint: z.string(),
  role: Role,
  expiresAt: Instant.optional(),
  revokedAt: Instant.optional(),
  lastUsedAt: Instant.optional(),
  createdAt: Instant,
  createdBy: z.string(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** AES-256-GCM with a data key wrapped by the key service; `aad` binds it to tenant, purpose and id. All base64. */
export const SealedSecret = z.object({
  wrappedKey: z.string(),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
  aad: z.string(),
});
export type SealedSecret = z.infer<typeof SealedSecret>;

/** deviceCredentials/{sha256 of api_key}: never changes once written, so instances may cache it. Whether it still holds is in the EPC document, which each request reads anyway. */
export const DeviceCredential = z.object({
  schemaVersion: z.literal(1),
  tenantId: TenantId,
  epcId: EpcId,
  /** The EPC's credentials.generation that it was issued for. */
  generation: z.int(),
  authCodeSha256: z.string(),
  secretKey: SealedSecret,
  /** Hash of the password for /apt that the device derives from its secret key; older ones lack it, as it can be derived. */
  aptPasswordSha256: z.string().optional(),
  createdAt: Instant,
});
export type DeviceCredential = z.infer<typeof DeviceCredential>;

/** hardware/{sha256 of the hardware identity}: one box, one EPC, platform-wide. */
export const Hardware = z.object({
  schemaVersion: z.literal(1),
  tenantId: TenantId,
  epcId: EpcId,
  createdAt: Instant,
});
export type Hardware = z.infer<typeof Hardware>;

/** tenants/{t}/audit/{id}: append only, written in the transaction of the act. */
export const AuditEntry = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  at: Instant,
  /** uid, `key:…`, `epc:…` or `system`. */
  actor: z.string(),
  actorName: z.string(),
  action: z.string(),
  target: z.string(),
  summary: z.string(),
  requestId: z.string().optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
