import { paths, type RemsimClient, type RemsimLog } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { randomHex } from "../secrets.ts";

/** How long a client's log is kept, ms. */
const LOG_LIFETIME_MS = 7 * 24 * 3_600_000;

/** Adds lines to a client's log. Ids sort by time. */
export function clientLog(
  deps: Deps,
  write: Write,
  { tenantId, key }: Pick<RemsimClient, "tenantId" | "key">,
  kind: RemsimLog["kind"],
  lines: string[],
): void {
  const at = deps.now();
  const id = `${at.getTime()}-${randomHex(8)}`;
  const expireAt = new Date(at.getTime() + LOG_LIFETIME_MS);
  const document: RemsimLog = { schemaVersion: 1, id, kind, at, lines, expireAt };
  write.create(paths.remsimLog(tenantId, key, id), document);
}
