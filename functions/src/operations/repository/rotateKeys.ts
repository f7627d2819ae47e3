import { AppError, paths, type RepositoryKey, repositoryKeySecretId } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { resolveAlert } from "../alerts.ts";
import { audit } from "../audit.ts";
import { ensureKeys } from "./keys.ts";
import { publishKeyring } from "./publishKeyring.ts";
import { resignChannels } from "./resign.ts";
import { keyAlertId } from "./watchKeys.ts";

/** Keys that may sign at once: each adds a signature to every release. */
const ACTIVE_LIMIT = 4;

/** A new key that signs beside the others from now on; every channel is signed again with it. */
export async function addRepositoryKey(
  deps: Deps,
  caller: MemberCaller,
  algorithm: RepositoryKey["algorithm"],
): Promise<RepositoryKey> {
  const { tenantId } = caller;
  const active = await ensureKeys(deps, tenantId);
  if (active.length >= ACTIVE_LIMIT) {
    throw new AppError("failed-precondition", `${ACTIVE_LIMIT} keys are active; retire one first`);
  }
  const { key, sealed } = await deps.store.repositorySigner.generate(tenantId, algorithm, deps.now(), active);
  const write = deps.store.write();
  write.create(paths.repositoryKey(tenantId, key.id), key);
  write.create(paths.secret(tenantId, repositoryKeySecretId(key.id)), sealed);
  audit(deps, write, tenantId, caller, {
    action: "repository.addKey",
    target: key.id,
    summary: `made the repository key ${key.id} (${algorithm})`,
  });
  await write.commit();
  await resignChannels(deps, tenantId, caller, `with the new key ${key.id}`);
  await publishKeyring(deps, tenantId, caller);
  return key;
}

/** The key signs no more, and the channels are signed again without it. Repeating it only signs again. */
export async function retireRepositoryKey(deps: Deps, caller: MemberCaller, fingerprint: string): Promise<void> {
  const { tenantId } = caller;
  await signWithAll(deps, caller);
  await untilUncontended(async () => {
    const keys = await deps.store.repositoryKeys.active(tenantId);
    const key = keys.find(({ data }) => data.id === fingerprint);
    if (!key) {
      await deps.store.repositoryKeys.need("key", tenantId, fingerprint);
      return; // retired before; its channels may not have been signed again
    }
    const others = keys.filter((other) => other !== key);
    if (others.length === 0) {
      throw new AppError("failed-precondition", "the last active key cannot be retired; add another first");
    }
    await retire(deps, caller, key, others);
  });
  await resignChannels(deps, tenantId, caller, `without the key ${fingerprint}`);
  await publishKeyring(deps, tenantId, caller);
}

/** Whoever trusts only the keys that stay must find their signatures: adding one may have ended before all channels had it. */
async function signWithAll(deps: Deps, caller: MemberCaller): Promise<void> {
  const { tenantId } = caller;
  const [keys, channels] = await Promise.all([
    deps.store.repositoryKeys.active(tenantId),
    deps.store.channels.all(tenantId),
  ]);
  const signedByAll = channels.every(({ data }) =>
    keys.every((key) => data.current.fingerprints.includes(key.data.id)),
  );
  if (!signedByAll) await resignChannels(deps, tenantId, caller, "with all keys");
}

async function retire(
  deps: Deps,
  caller: MemberCaller,
  key: Stored<RepositoryKey>,
  others: Stored<RepositoryKey>[],
): Promise<void> {
  const { tenantId } = caller;
  const { id } = key.data;
  const alert = await deps.store.alerts.get(tenantId, keyAlertId(id));
  const write = deps.store.write().update(key, { state: "retired", retiredAt: deps.now() });
  for (const other of others) write.update(other, { state: "active" }); // none of them may be retired at the same time
  resolveAlert(deps, write, alert);
  audit(deps, write, tenantId, caller, {
    action: "repository.retireKey",
    target: id,
    summary: `retired the repository key ${id}`,
  });
  await write.commit();
}
