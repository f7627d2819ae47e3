import { type ApiKey, AppError, type EnrolmentToken, paths, type Role } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { randomHex, sha256 } from "./secrets.ts";

/** Characters of a key shown in lists, so that people can tell keys apart. */
const HINT = 14;
const DAY_MS = 24 * 3_600_000;

export interface NewSecret {
  id: string;
  secret: string;
}

/** A token that boot media carry; returned this once, kept as its hash. */
export async function createEnrolmentToken(
  deps: Deps,
  caller: MemberCaller,
  input: {
    label: string;
    site?: string | undefined;
    expires_in_days?: number | undefined;
    max_uses?: number | undefined;
  },
): Promise<NewSecret> {
  const { secret, common } = mint(deps, caller, "wt_enroll_", input);
  const token: EnrolmentToken = {
    ...common,
    uses: 0,
    ...(input.site ? { site: input.site } : {}),
    ...(input.max_uses ? { maxUses: input.max_uses } : {}),
  };
  const write = deps.store.write().create(paths.enrolmentToken(caller.tenantId, token.id), token);
  audit(deps, write, caller.tenantId, caller, {
    action: "enrolmentToken.create",
    target: token.id,
    summary: `created the token ${token.label}`,
  });
  await write.commit();
  return { id: token.id, secret };
}

/** An integrator's key; returned this once, kept as its hash. It never has more rights than its maker. */
export async function createApiKey(
  deps: Deps,
  caller: MemberCaller,
  input: { label: string; role: Role; expires_in_days?: number | undefined },
): Promise<NewSecret> {
  const { secret, common } = mint(deps, caller, "wt_key_", input);
  const key: ApiKey = { ...common, role: input.role };
  const write = deps.store.write().create(paths.apiKey(caller.tenantId, key.id), key);
  audit(deps, write, caller.tenantId, caller, {
    action: "apiKey.create",
    target: key.id,
    summary: `created the key ${key.label} (${key.role})`,
  });
  await write.commit();
  return { id: key.id, secret };
}

function mint(
  deps: Deps,
  caller: MemberCaller,
  prefix: string,
  input: { label: string; expires_in_days?: number | undefined },
) {
  const secret = `${prefix}${randomHex(20)}`;
  const createdAt = deps.now();
  return {
    secret,
    common: {
      schemaVersion: 1 as const,
      id: sha256(secret),
      tenantId: caller.tenantId,
      label: input.label,
      hint: secret.slice(0, HINT),
      ...(input.expires_in_days ? { expiresAt: new Date(createdAt.getTime() + input.expires_in_days * DAY_MS) } : {}),
      createdAt,
      createdBy: caller.actorName,
    },
  };
}

export async function revokeEnrolmentToken(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await revoke(deps, caller, "enrolmentToken.revoke", () =>
    deps.store.enrolmentTokens.need("token", caller.tenantId, id),
  );
}

export async function revokeApiKey(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await revoke(deps, caller, "apiKey.revoke", () => deps.store.apiKeys.need("key", caller.tenantId, id));
}

async function revoke<T extends { id: string; label: string; revokedAt?: Date | undefined }>(
  deps: Deps,
  caller: MemberCaller,
  action: string,
  read: () => Promise<Stored<T>>,
): Promise<void> {
  await untilUncontended(async () => {
    const stored = await read();
    if (stored.data.revokedAt) throw new AppError("failed-precondition", `${stored.data.label} is already revoked`);
    const write = deps.store.write().patch(stored.path, { revokedAt: deps.now() });
    audit(deps, write, caller.tenantId, caller, {
      action,
      target: stored.data.id,
      summary: `revoked ${stored.data.label}`,
    });
    await write.commit();
  });
}
