import {
  AppError,
  type api,
  paths,
  type RemsimCredential,
  type RemsimLoginHolder,
  type TenantId,
} from "@wisptools/core";
import { untilUncontended, type Write } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex, sha256 } from "../secrets.ts";

type Input = typeof api.createRemsimCredential.body._zod.output;

/** A login for routers: its secret is returned this once, and only the hash of both is kept. */
export async function createRemsimCredential(
  deps: Deps,
  caller: MemberCaller,
  input: Input,
): Promise<{ id: string; login: string; secret: string }> {
  const secret = `wt_remsim_${randomHex(20)}`;
  const id = await untilUncontended(async () => {
    if (await deps.store.remsimLogins.get(caller.tenantId, input.login)) {
      throw new AppError("already-exists", `login: ${input.login} is in use`, { field: "login" });
    }
    const write = deps.store.write();
    const added = addRemsimCredential(deps, write, caller.tenantId, { ...input, secret, by: caller.actorName });
    audit(deps, write, caller.tenantId, caller, {
      action: "remsimCredential.create",
      target: added,
      summary: `created the login ${input.login} (${input.label})`,
    });
    await write.commit();
    return added;
  });
  return { id, login: input.login, secret };
}

/** Adds a login and its hold on the name to a write, which fails when another living one has the name. Gives its id. */
export function addRemsimCredential(
  deps: Deps,
  write: Write,
  tenantId: TenantId,
  { login, secret, label, region, by }: Input & { secret: string; by: string },
): string {
  const createdAt = deps.now();
  const id = sha256(`${login}:${secret}`);
  const credential: RemsimCredential = {
    schemaVersion: 1,
    id,
    tenantId,
    login,
    label,
    region,
    createdAt,
    createdBy: by,
  };
  const holder: RemsimLoginHolder = { schemaVersion: 1, tenantId, credentialId: id, createdAt };
  write.create(paths.remsimCredential(tenantId, id), credential);
  write.create(paths.remsimLogin(tenantId, login), holder);
  return id;
}

/**
 * Ends a login and frees its name. An instance that saw it may still let it in: for a minute to cards (register, unregister, discover), for ten
 * to what comes each minute and gives nothing away (heartbeats, events, logs).
 */
export async function revokeRemsimCredential(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await untilUncontended(async () => {
    const stored = await deps.store.remsimCredentials.need("login", caller.tenantId, id);
    const { login, label, revokedAt } = stored.data;
    if (revokedAt) throw new AppError("failed-precondition", `${login} (${label}) is already revoked`);
    const write = deps.store.write().update(stored, { revokedAt: deps.now() });
    write.delete(paths.remsimLogin(caller.tenantId, login));
    audit(deps, write, caller.tenantId, caller, {
      action: "remsimCredential.revoke",
      target: id,
      summary: `revoked the login ${login} (${label})`,
    });
    await write.commit();
  });
}
