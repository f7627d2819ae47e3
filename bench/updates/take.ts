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
/** Documents of one write, at most (Firestore). */
const BATCH = 500;

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

/** Checks each .deb, hashes it, links it into the pool, and writes its document. */
export async function take({ db }: Platform, folder: string, files: readonly string[]): Promise<Taken[]> {
  const deps = { now: () => new Date() } as Deps;
  const taken: Taken[] = [];
  for (let from = 0; from < files.length; from += BATCH) {
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
