import { ApiKey, AuditEntry, EnrolmentToken } from "@wisptools/core/documents/access";
import { Claim, Command, Epc, EpcEvent, Script } from "@wisptools/core/documents/epc";
import { Invitation, Member, User } from "@wisptools/core/documents/people";
import { Tenant } from "@wisptools/core/documents/tenant";
import { paths } from "@wisptools/core/paths";
import type { DocumentSource, ListSource } from "./source.ts";

/** What a row of the fleet table needs of an EPC document; parsing less keeps a thousand of them cheap. */
export const FleetEpc = Epc.pick({
  id: true,
  siteName: true,
  tags: true,
  state: true,
  stateSince: true,
  ailments: true,
  hardware: true,
  network: true,
  plmn: true,
  tac: true,
  deployment: true,
  lastSeenAt: true,
  offlineAt: true,
  versions: true,
  latest: true,
});
export type FleetEpc = ReturnType<typeof FleetEpc.parse>;

export const FLEET_LIMIT = 1000;

/** Every listener of the UI, so that rules, indexes and the bill can be held against one list. */
export const sources = {
  user: (uid: string): DocumentSource<User> => ({ path: paths.user(uid), schema: User }),
  tenant: (t: string): DocumentSource<Tenant> => ({ path: paths.tenant(t), schema: Tenant }),
  fleet: (t: string): ListSource<FleetEpc> => ({ path: paths.epcs(t), schema: FleetEpc, limit: FLEET_LIMIT }),
  epc: (t: string, e: string): DocumentSource<Epc> => ({ path: paths.epc(t, e), schema: Epc }),
  events: (t: string, e: string): ListSource<EpcEvent> => ({
    path: paths.events(t, e),
    schema: EpcEvent,
    orderBy: ["at", "desc"],
    limit: 200,
  }),
  commands: (t: string, e: string): ListSource<Command> => ({
    path: paths.commands(t, e),
    schema: Command,
    orderBy: ["issuedAt", "desc"],
    limit: 50,
  }),
  scripts: (t: string, e: string): ListSource<Script> => ({
    path: paths.scripts(t, e),
    schema: Script,
    orderBy: ["version", "desc"],
    limit: 50,
  }),
  pendingClaims: (t: string): ListSource<Claim> => ({
    path: paths.claims(t),
    schema: Claim,
    where: [["state", "==", "pending"]],
    orderBy: ["lastSeenAt", "desc"],
    limit: 200,
  }),
  members: (t: string): ListSource<Member> => ({ path: paths.members(t), schema: Member, limit: 500 }),
  invitations: (t: string): ListSource<Invitation> => ({
    path: paths.invitations(t),
    schema: Invitation,
    orderBy: ["createdAt", "desc"],
    limit: 100,
  }),
  enrolmentTokens: (t: string): ListSource<EnrolmentToken> => ({
    path: paths.enrolmentTokens(t),
    schema: EnrolmentToken,
    orderBy: ["createdAt", "desc"],
    limit: 200,
  }),
  apiKeys: (t: string): ListSource<ApiKey> => ({
    path: paths.apiKeys(t),
    schema: ApiKey,
    orderBy: ["createdAt", "desc"],
    limit: 200,
  }),
  audit: (t: string): ListSource<AuditEntry> => ({
    path: paths.audits(t),
    schema: AuditEntry,
    orderBy: ["at", "desc"],
    limit: 200,
  }),
};
