import { AppError, atLeast, may, type Permission, TenantId } from "@wisptools/core";
import type { Person } from "@wisptools/store";
import type { Request } from "express";
import type { MemberCaller, UserCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { sha256 } from "../operations/secrets.ts";
import { ExpiringCache } from "./expiringCache.ts";

/** How long a revoked API key may still be believed by an instance that saw it, ms. */
const API_KEY_CACHE_MS = 60_000;
/** `lastUsedAt` of a key is written at most this often, ms. */
const LAST_USE_STEP_MS = 3_600_000;

/** A signed-in person, by the Firebase ID token in the Authorization header. */
export async function authenticateUser(deps: Deps, request: Request, requestId: string): Promise<UserCaller> {
  return { person: await person(deps, request), requestId };
}

async function person(deps: Deps, request: Request): Promise<Person> {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!token) throw new AppError("unauthenticated", "sign in: the Authorization header holds no ID token");
  return deps.store.people.byIdToken(token);
}

export type MemberAuthenticator = (request: Request, need: Permission, requestId: string) => Promise<MemberCaller>;

/** A person with a role in the tenant named by the path or `tenant_id`, or an API key of its own tenant. */
export function memberAuthenticator(deps: Deps, beforeLookUp: (request: Request) => void): MemberAuthenticator {
  const keys = new ExpiringCache<Omit<MemberCaller, "requestId">>(API_KEY_CACHE_MS, 1000, () => deps.now().getTime());
  return async (request, need, requestId) => {
    const apiKey = request.headers["x-api-key"];
    const caller =
      typeof apiKey === "string"
        ? await byApiKey(deps, keys, apiKey, namedTenant(request), () => beforeLookUp(request))
        : await byMembership(deps, request);
    if (!may(caller.role, need)) {
      throw new AppError("permission-denied", `your role ${caller.role} may not do this (${need})`);
    }
    return { ...caller, requestId };
  };
}

/** Which of a person's tenants is meant; membership decides whether it may be. */
function namedTenant(request: Request): TenantId | undefined {
  const named = request.params.tenant_id ?? request.query.tenant_id;
  if (named === undefined) return undefined;
  const parsed = TenantId.safeParse(named);
  if (!parsed.success) throw new AppError("invalid-argument", "tenant_id is not a tenant's id", { field: "tenant_id" });
  return parsed.data;
}

async function byMembership(deps: Deps, request: Request): Promise<Omit<MemberCaller, "requestId">> {
  const { uid, displayName } = await person(deps, request);
  const tenantId = namedTenant(request);
  if (!tenantId) throw new AppError("invalid-argument", "tenant_id says which tenant you mean", { field: "tenant_id" });
  const member = await deps.store.members.get(tenantId, uid);
  if (!member) throw new AppError("not-found", "tenant not found");
  return { tenantId, role: member.data.role, actor: uid, actorName: displayName };
}

async function byApiKey(
  deps: Deps,
  cache: ExpiringCache<Omit<MemberCaller, "requestId">>,
  apiKey: string,
  named: TenantId | undefined,
  beforeLookUp: () => void,
): Promise<Omit<MemberCaller, "requestId">> {
  const id = sha256(apiKey);
  const known = cache.get(id);
  if (!known) beforeLookUp();
  const caller = known ?? (await findApiKey(deps, id));
  if (!known) cache.set(id, caller);
  if (named && named !== caller.tenantId) throw new AppError("not-found", "tenant not found");
  return caller;
}

async function findApiKey(deps: Deps, id: string): Promise<Omit<MemberCaller, "requestId">> {
  const now = deps.now();
  const stored = await deps.store.apiKeys.findAnywhere("apiKeys", id);
  const key = stored?.data;
  if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= now) || atLeast(key.role, "owner")) {
    throw new AppError("unauthenticated", "the API key is unknown, expired or revoked", { reason: "api_key_invalid" });
  }
  if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() > LAST_USE_STEP_MS) {
    await deps.store.write().patch(stored.path, { lastUsedAt: now }).commit();
  }
  return { tenantId: key.tenantId, role: key.role, actor: `key:${id.slice(0, 12)}`, actorName: `API key ${key.label}` };
}
