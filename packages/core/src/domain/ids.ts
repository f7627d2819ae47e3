import { z } from "zod";

/** `tenant_` and a slug of lower-case letters, digits and underscores. */
export const TenantId = z
  .string()
  .regex(/^tenant_[a-z0-9][a-z0-9_]{0,47}$/, "must be tenant_ and a slug of a-z, 0-9 and _")
  .brand<"TenantId">();
export type TenantId = z.infer<typeof TenantId>;

/** `epc_` and 16 lower-case hex digits. */
export const EpcId = z
  .string()
  .regex(/^epc_[0-9a-f]{16}$/, "must be epc_ and 16 hex digits")
  .brand<"EpcId">();
export type EpcId = z.infer<typeof EpcId>;

export const ClaimId = z
  .string()
  .regex(/^claim_[0-9a-f]{24}$/, "must be claim_ and 24 hex digits")
  .brand<"ClaimId">();
export type ClaimId = z.infer<typeof ClaimId>;

export const CommandId = z
  .string()
  .regex(/^cmd_[0-9a-f]{16}$/, "must be cmd_ and 16 hex digits")
  .brand<"CommandId">();
export type CommandId = z.infer<typeof CommandId>;

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hex digits");
