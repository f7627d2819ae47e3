import { z } from "zod";
import { TenantId } from "../domain/ids.ts";
import { Instant } from "./instant.ts";

/** tenants/{t}/alerts/{id}: something that a person has to look at. Its id says what of, so that one matter is one alert. */
export const Alert = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenantId: TenantId,
  kind: z.enum(["repository-expiry", "repository-key-expiry", "rollout-stopped", "sim-bank-down"]),
  severity: z.enum(["warning", "critical"]),
  /** What it is about: a channel, a key, a rollout, a SIM bank. */
  target: z.string(),
  message: z.string(),
  state: z.enum(["open", "resolved"]),
  openedAt: Instant,
  updatedAt: Instant,
  resolvedAt: Instant.optional(),
});
export type Alert = z.infer<typeof Alert>;
