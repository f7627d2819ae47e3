import { paths, type TenantId, type User } from "@wisptools/core";
import type { UserCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";

/** The person's own document, made on first sight; memberships given before that are already in it. */
export async function readMe(deps: Deps, caller: UserCaller): Promise<User> {
  const { uid, email, displayName } = caller.person;
  const stored = await deps.store.users.get(uid);
  if (stored?.data.email === email) return stored.data;
  const user: User = { schemaVersion: 1, uid, tenants: {}, ...stored?.data, email, displayName };
  await deps.store.write().merge(paths.user(uid), user).commit();
  return user;
}

export function tenantsOf(user: User) {
  return Object.entries(user.tenants).map(([id, { name, role }]) => ({ tenant_id: id as TenantId, name, role }));
}
