import { z } from "zod";
import { Role } from "../domain/roles.ts";
import { Instant } from "./instant.ts";

/** users/{uid}: what the person's own UI needs before it knows a tenant. Membership is decided by members/{uid} alone. */
export const User = z.object({
  schemaVersion: z.literal(1),
  uid: z.string(),
  email: z.string(),
  displayName: z.string(),
  tenants: z.record(z.string(), z.object({ name: z.string(), role: Role })),
});
export type User = z.infer<typeof User>;

/** tenants/{t}/members/{uid}: the document that rules and operations ask for a person's role. */
export const Member = z.object({
  schemaVersion: z.literal(1),
  uid: z.string(),
  email: z.string(),
  displayName: z.string(),
  role: Role,
  since: Instant,
  invitedBy: z.string().optional(),
});
export type Member = z.infer<typeof Member>;

/** tenants/{t}/invitations/{id}: accepted by the signed-in person with that e-mail address who holds the code. */
export const Invitation = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  email: z.string(),
  role: Role,
  state: z.enum(["open", "accepted", "withdrawn"]),
  codeSha256: z.string(),
  invitedBy: z.string(),
  createdAt: Instant,
  expiresAt: Instant,
});
export type Invitation = z.infer<typeof Invitation>;
