import { z } from "zod";
import { ClaimId, CommandId, EpcId, TenantId } from "../domain/ids.ts";

/** Free text of bounded length with the control characters taken out. */
export function text(max: number) {
  return z
    .string()
    .max(max, `must be at most ${max} characters`)
    .transform((value) => value.replace(/(?![\t\n])\p{Cc}/gu, ""));
}

/** Like `text`, but a device's null or empty string counts as absent. */
export function optionalText(max: number) {
  return z.preprocess((value) => (value === null || value === "" ? undefined : value), text(max).optional());
}

export const None = z.object({});
export const EpcParams = z.object({ epc_id: EpcId });
export const ClaimParams = z.object({ claim_id: ClaimId });
export const CommandParams = z.object({ epc_id: EpcId, command_id: CommandId });
export const TenantParams = z.object({ tenant_id: TenantId });

/** People belong to several tenants and name the one they mean; the server checks their membership. API keys need not. */
export const TenantChoice = z.object({ tenant_id: TenantId.optional() });

/** Lists are in a stable order; `page_token` of one reply fetches the next page. */
export const Page = z.object({
  page_size: z.coerce.number().int().min(1).max(200).default(50),
  page_token: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be the next_page_token of a reply")
    .optional(),
});

export const Ok = z.object({ success: z.literal(true) });

/** Body of every answer that isn't a success. */
export const ErrorReply = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
    reason: z.string().optional(),
  }),
  request_id: z.string(),
});
