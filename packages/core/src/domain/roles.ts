import { z } from "zod";

/** Roles of a tenant's members, least first; each may do what those before it may. */
export const ROLES = ["viewer", "installer", "engineer", "admin", "owner"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** The least role that holds each permission. The only place where who-may-what is written on the server side. */
export const PERMISSIONS = {
  "epcs.read": "viewer",
  "claims.decide": "installer",
  "commands.diagnose": "installer",
  "epcs.update": "engineer",
  "commands.operate": "engineer",
  "credentials.rotate": "engineer",
  "credentials.revoke": "admin",
  "epcs.retire": "admin",
  "tenant.update": "admin",
  "members.manage": "admin",
  "enrolmentTokens.manage": "admin",
  "apiKeys.manage": "admin",
  "audit.read": "admin",
  "webhooks.manage": "admin",
  "subscribers.read": "viewer",
  "subscribers.act": "installer",
  "subscribers.manage": "engineer",
  "plans.manage": "engineer",
  "equipment.manage": "engineer",
  "subscribers.export": "admin",
  "updates.read": "viewer",
  "updates.publish": "engineer",
  "updates.rollout": "engineer",
  "updates.approve": "admin",
  "updates.keys": "admin",
  "remsim.read": "viewer",
  "remsim.connect": "installer",
  "remsim.operate": "installer",
  "remsim.manage": "engineer",
  "remsim.credentials": "admin",
  "commands.shell": "owner",
} as const satisfies Record<string, Role>;
export type Permission = keyof typeof PERMISSIONS;

export function atLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

export function may(role: Role, permission: Permission): boolean {
  return atLeast(role, PERMISSIONS[permission]);
}
