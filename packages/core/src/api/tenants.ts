import { z } from "zod";
import { EnrolmentPolicy } from "../documents/tenant.ts";
import { Apn, CoreSource, OWN_REPOSITORY } from "../domain/epcSettings.ts";
import { TenantId } from "../domain/ids.ts";
import { Plmn } from "../domain/plmn.ts";
import { Role } from "../domain/roles.ts";
import { TimeZone } from "../domain/rollout/strategy.ts";
import { TacRange } from "../domain/tac.ts";
import { None, Ok, TenantParams, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const name = text(80).pipe(z.string().trim().min(1, "must not be empty"));
const Realm = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/, "must be a lower-case domain name");

/** Who am I, and where may I go. Creates the person's own document on first sight. */
export const me = defineEndpoint({
  method: "get",
  path: "/api/me",
  auth: { kind: "user" },
  params: None,
  query: None,
  body: None,
  reply: z.object({
    success: z.literal(true),
    uid: z.string(),
    email: z.string(),
    platform_admin: z.boolean(),
    tenants: z.array(z.object({ tenant_id: TenantId, name: z.string(), role: Role })),
  }),
});

export const createTenant = defineEndpoint({
  method: "post",
  path: "/api/tenants",
  auth: { kind: "platform" },
  params: None,
  query: None,
  body: z.strictObject({
    tenant_id: TenantId,
    name,
    realm: Realm,
    plmn: Plmn,
    /** E-mail address of an existing user who becomes owner; the caller does when it is absent. */
    owner_email: z.email("must be an e-mail address").max(254).optional(),
  }),
  reply: z.object({ success: z.literal(true), tenant_id: TenantId }),
});

export const updateTenant = defineEndpoint({
  method: "patch",
  path: "/api/tenants/:tenant_id",
  auth: { kind: "member", permission: "tenant.update" },
  params: TenantParams,
  query: None,
  body: z.strictObject({
    name: name.optional(),
    enrolment_policy: EnrolmentPolicy.optional(),
    plmns: z.array(Plmn).min(1, "needs at least one PLMN").max(16).optional(),
    tac_ranges: z.array(TacRange).min(1, "needs at least one range").max(16).optional(),
    apns: z.array(Apn).min(1, "needs at least one APN").max(8).optional(),
    dns: z.array(z.ipv4("must be an IPv4 address")).min(1).max(4).optional(),
    core_source: CoreSource.refine(
      (source) => source.uri === OWN_REPOSITORY || source.uri.startsWith("file:") || source.signingKey !== undefined,
      {
        message: "a source on the network needs its OpenPGP key: apt takes nothing unsigned",
        path: ["signingKey"],
      },
    ).optional(),
    /** Owners only: lets operators send shell scripts to devices. */
    allow_shell: z.boolean().optional(),
    report_interval_seconds: z.int().min(10).max(3600).optional(),
    /** The clock of sites that have none of their own. */
    time_zone: TimeZone.optional(),
  }),
  reply: Ok,
});

/** The code is shown once; the inviter hands it over as a link. */
export const inviteMember = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/invitations",
  auth: { kind: "member", permission: "members.manage" },
  params: TenantParams,
  query: None,
  body: z.strictObject({ email: z.email("must be an e-mail address").max(254), role: Role }),
  reply: z.object({ success: z.literal(true), invitation_id: z.string(), code: z.string(), expires_at: z.string() }),
});

const InvitationParams = TenantParams.extend({ invitation_id: z.string().regex(/^inv_[0-9a-f]{16}$/) });

export const withdrawInvitation = defineEndpoint({
  method: "delete",
  path: "/api/tenants/:tenant_id/invitations/:invitation_id",
  auth: { kind: "member", permission: "members.manage" },
  params: InvitationParams,
  query: None,
  body: None,
  reply: Ok,
});

export const acceptInvitation = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/invitations/:invitation_id/accept",
  auth: { kind: "user" },
  params: InvitationParams,
  query: None,
  body: z.strictObject({ code: z.string().max(64) }),
  reply: z.object({ success: z.literal(true), tenant_id: TenantId, role: Role }),
});

const MemberParams = TenantParams.extend({ uid: z.string().regex(/^[A-Za-z0-9:_-]{1,128}$/) });

/** Only an owner makes or unmakes owners, and the last owner stays. */
export const changeMemberRole = defineEndpoint({
  method: "patch",
  path: "/api/tenants/:tenant_id/members/:uid",
  auth: { kind: "member", permission: "members.manage" },
  params: MemberParams,
  query: None,
  body: z.strictObject({ role: Role }),
  reply: Ok,
});

export const removeMember = defineEndpoint({
  method: "delete",
  path: "/api/tenants/:tenant_id/members/:uid",
  auth: { kind: "member", permission: "members.manage" },
  params: MemberParams,
  query: None,
  body: None,
  reply: Ok,
});

const days = z.int().min(1).max(3650);

export const createEnrolmentToken = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/enrolment-tokens",
  auth: { kind: "member", permission: "enrolmentTokens.manage" },
  params: TenantParams,
  query: None,
  body: z.strictObject({
    label: name,
    site: text(50).optional(),
    expires_in_days: days.optional(),
    max_uses: z.int().min(1).max(100_000).optional(),
  }),
  /** The token, shown this once. */
  reply: z.object({ success: z.literal(true), id: z.string(), token: z.string() }),
});

const HashParams = TenantParams.extend({ id: z.string().regex(/^[0-9a-f]{64}$/) });

export const revokeEnrolmentToken = defineEndpoint({
  method: "delete",
  path: "/api/tenants/:tenant_id/enrolment-tokens/:id",
  auth: { kind: "member", permission: "enrolmentTokens.manage" },
  params: HashParams,
  query: None,
  body: None,
  reply: Ok,
});

export const createApiKey = defineEndpoint({
  method: "post",
  path: "/api/tenants/:tenant_id/api-keys",
  auth: { kind: "member", permission: "apiKeys.manage" },
  params: TenantParams,
  query: None,
  body: z.strictObject({ label: name, role: Role.exclude(["owner"]), expires_in_days: days.optional() }),
  reply: z.object({ success: z.literal(true), id: z.string(), key: z.string() }),
});

export const revokeApiKey = defineEndpoint({
  method: "delete",
  path: "/api/tenants/:tenant_id/api-keys/:id",
  auth: { kind: "member", permission: "apiKeys.manage" },
  params: HashParams,
  query: None,
  body: None,
  reply: Ok,
});
