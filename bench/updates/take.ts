// What the finalising of an upload does with a package, but for the record of the upload and the audit entry.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { objects, type PackageId, paths, TenantId } from "@wisptools/core";
import { type Platform, Write } from "@wisptools/store";
import type { MemberCaller } from "../../functions/src/caller.ts";
import type { Deps } from "../../functions/src/deps.ts";
import { inspectPackage } from "../../functions/src/operations/repository/inspectPackage.ts";
import { packageOf } from "../../functions/src/operations/repository/uploads.ts";
import { linkObject } from "./fileCloud.ts";

export const tenantId = TenantId.parse("tenant_bench");
export const actor: MemberCaller = {
  tenantId,
  role: "owner",
  actor: "bench",
  actorName: "bench",
  requestId: "bench",
};
/** Packages that a thread takes at a time, and writes together; Firestore allows 500. */
const BATCH = 200;

export interface Taken {
  id: PackageId;
  stanza: string;
}

const room = Buffer.allocUnsafeSlow(1024 ** 2);

/** A file's content, which stays until the next is read. */
function read(file: string): Buffer {
  const descriptor = openSync(file, "r");
  const length = readSync(descriptor, room);
  closeSync(descriptor);
  return length < room.length ? room.subarray(0, length) : readFileSync(file);
}

/** Where the next batch begins: threads that share it take batches in turn until none is left, so that none waits for a slower one. */
export function sharedStart(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Checks each .deb, hashes it, links it into the pool, and writes its document. */
export async function take(
  { db }: Platform,
  folder: string,
  files: readonly string[],
  start: Int32Array = sharedStart(),
): Promise<Taken[]> {
  const deps = { now: () => new Date() } as Deps;
  const taken: Taken[] = [];
  for (let from = Atomics.add(start, 0, BATCH); from < files.length; from = Atomics.add(start, 0, BATCH)) {
    const write = new Write(db, { reads: 0, writes: 0 });
    for (const file of files.slice(from, from + BATCH)) {
      const bytes = read(file);
      const document = packageOf(deps, tenantId, actor, await inspectPackage([bytes], bytes.length));
      linkObject(folder, file, objects.poolFile(tenantId, document.sha256));
      write.create(paths.package(tenantId, document.id), document);
      taken.push({ id: document.id, stanza: document.stanza });
    }
    await write.commit();
  }
  return taken;
}
