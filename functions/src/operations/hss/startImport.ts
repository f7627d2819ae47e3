import { AppError, type api, paths, type SubscriberImport } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";

/** How long the record of an import is kept, ms. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Begins an import, or finds the unfinished one of the same file. */
export async function startImport(
  deps: Deps,
  caller: MemberCaller,
  input: typeof api.startImport.body._zod.output,
): Promise<SubscriberImport> {
  const { file_name: fileName, sha256, total } = input;
  const known = await deps.store.subscriberImports.ofFile(caller.tenantId, sha256);
  const unfinished = known.find(({ data }) => data.state === "running")?.data;
  if (unfinished && unfinished.total !== total) {
    throw new AppError("invalid-argument", `total: this file had ${unfinished.total} rows`, { field: "total" });
  }
  if (unfinished) return unfinished;
  const now = deps.now();
  const fresh: SubscriberImport = {
    schemaVersion: 1,
    id: `imp_${randomHex(8)}`,
    tenantId: caller.tenantId,
    fileName,
    sha256,
    total,
    next: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    failed: 0,
    errors: [],
    state: "running",
    startedBy: caller.actorName,
    startedAt: now,
    updatedAt: now,
    expireAt: new Date(now.getTime() + KEPT_MS),
  };
  const write = deps.store.write().create(paths.subscriberImport(caller.tenantId, fresh.id), fresh);
  audit(deps, write, caller.tenantId, caller, {
    action: "subscribers.import",
    target: fresh.id,
    summary: `began to import ${total} rows of ${fileName}`,
  });
  await write.commit();
  return fresh;
}
