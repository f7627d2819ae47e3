import { AppError, atLeast, type Member, paths, type Role, type TenantId } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller, UserCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { addMember } from "./createTenant.ts";
import { matches, randomHex, sha256 } from "./secrets.ts";

const INVITATION_LIFETIME_MS = 14 * 24 * 3_600_000;

export interface Invited {
  id: string;
  code: string;
  expiresAt: Date;
}

/** Nobody gives or takes a role above his own. */
function assertWithin(caller: MemberCaller, role: Role): void {
  if (!atLeast(caller.role, role)) {
    throw new AppError("permission-denied", `role: as ${caller.role} you may not give or change ${role}`, {
      field: "role",
    });
  }
}

/** An open invitation; the code is returned this once, its hash is kept. */
export async function inviteMember(
  deps: Deps,
  caller: MemberCaller,
  input: { email: string; role: Role },
): Promise<Invited> {
  assertWithin(caller, input.role);
  const now = deps.now();
  const id = `inv_${randomHex(8)}`;
  const code = randomHex(16);
  const expiresAt = new Date(now.getTime() + INVITATION_LIFETIME_MS);
  const email = input.email.toLowerCase();
  const write = deps.store.write().create(paths.invitation(caller.tenantId, id), {
    schemaVersion: 1,
    id,
    email,
    role: input.role,
    state: "open",
    codeSha256: sha256(code),
    invitedBy: caller.actorName,
    createdAt: now,
    expiresAt,
  });
  audit(deps, write, caller.tenantId, caller, {
    action: "member.invite",
    target: id,
    summary: `invited ${email} as ${input.role}`,
  });
  await write.commit();
  return { id, code, expiresAt };
}

export async function withdrawInvitation(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await untilUncontended(async () => {
    const stored = await deps.store.invitations.need("invitation", caller.tenantId, id);
    if (stored.data.state !== "open")
      throw new AppError("failed-precondition", `this invitation is ${stored.data.state}`);
    const write = deps.store.write().update(stored, { state: "withdrawn" });
    audit(deps, write, caller.tenantId, caller, {
      action: "member.uninvite",
      target: id,
      summary: `withdrew the invitation of ${stored.data.email}`,
    });
    await write.commit();
  });
}

/** Makes the signed-in person a member, when he holds the code and the address it was meant for. */
export async function acceptInvitation(
  deps: Deps,
  caller: UserCaller,
  tenantId: TenantId,
  id: string,
  code: string,
): Promise<Role> {
  return untilUncontended(async () => {
    const stored = await deps.store.invitations.get(tenantId, id);
    const { person } = caller;
    if (!stored || !matches(code, stored.data.codeSha256) || stored.data.email !== person.email) {
      throw new AppError("not-found", "this invitation is not for you, or its link is incomplete");
    }
    const { state, expiresAt, role, invitedBy } = stored.data;
    if (state !== "open") throw new AppError("failed-precondition", `this invitation is ${state}`);
    if (expiresAt <= deps.now())
      throw new AppError("failed-precondition", "this invitation has expired; ask for a new one");
    const tenant = (await deps.store.tenants.need("tenant", tenantId)).data;
    const known = await deps.store.members.get(tenantId, person.uid);
    const given = known && atLeast(known.data.role, role) ? known.data.role : role;
    const write = deps.store.write().update(stored, { state: "accepted" });
    addMember(deps, write, tenant, person, given, invitedBy);
    const actor = { actor: person.uid, actorName: person.displayName, requestId: caller.requestId };
    audit(deps, write, tenantId, actor, {
      action: "member.join",
      target: person.uid,
      summary: `${person.email} joined as ${given}`,
    });
    await write.commit();
    return given;
  });
}

export async function changeMemberRole(deps: Deps, caller: MemberCaller, uid: string, role: Role): Promise<void> {
  assertWithin(caller, role);
  await changeMember(deps, caller, uid, role);
}

/** Access ends at once: rules and operations ask for the member document. */
export async function removeMember(deps: Deps, caller: MemberCaller, uid: string): Promise<void> {
  await changeMember(deps, caller, uid, undefined);
}

async function changeMember(deps: Deps, caller: MemberCaller, uid: string, role: Role | undefined): Promise<void> {
  const { tenantId } = caller;
  await untilUncontended(async () => {
    const stored = await deps.store.members.need("member", tenantId, uid);
    const member = stored.data;
    assertWithin(caller, member.role);
    const write = deps.store.write();
    if (member.role === "owner" && role !== "owner") await guardLastOwner(deps, caller, member, write);
    if (role) {
      const { name } = (await deps.store.tenants.need("tenant", tenantId)).data;
      write.update(stored, { role });
      write.merge(paths.user(uid), { tenants: { [tenantId]: { name, role } } });
    } else {
      write.delete(stored.path);
      write.patch(paths.user(uid), { [`tenants.${tenantId}`]: undefined });
    }
    audit(deps, write, tenantId, caller, {
      action: role ? "member.role" : "member.remove",
      target: uid,
      summary: role ? `${member.email}: ${member.role} → ${role}` : `removed ${member.email} (${member.role})`,
    });
    await write.commit();
  });
}

/** A tenant keeps an owner: two owners leaving at once are told apart by the other's document. */
async function guardLastOwner(
  deps: Deps,
  caller: MemberCaller,
  leaving: Member,
  write: ReturnType<Deps["store"]["write"]>,
): Promise<void> {
  const other = (await deps.store.members.owners(caller.tenantId)).find((one) => one.data.uid !== leaving.uid);
  if (!other) throw new AppError("failed-precondition", "a tenant keeps at least one owner", { field: "role" });
  write.update(other, { role: "owner" });
}
