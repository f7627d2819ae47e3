import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { type AptPackage, keyringPackage, keyringVersion, objects, paths, type TenantId } from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps, DevicePackage } from "../../deps.ts";
import { log } from "../../logs.ts";
import { SYSTEM } from "../audit.ts";
import { type Inspected, inspectPackage } from "./inspectPackage.ts";
import { byAge, ensureKeys } from "./keys.ts";
import { touch } from "./publish.ts";
import { DEB_TYPE, packageOf } from "./uploads.ts";

/** A package of the platform's, as the tenant has it or is to have it. */
export interface Own {
  content: Buffer;
  document: AptPackage;
  /** Absent: the tenant does not have it yet. */
  stored: Stored<AptPackage> | undefined;
}

const inspected = new WeakMap<Uint8Array, Promise<Inspected>>();

/**
 * What every tenant has: the packages that travel with the functions, and the keyring of its own keys. A .deb that was changed
 * without a new version is left out, and the log says so: the tenant keeps the one it has.
 */
export async function platformPackages(deps: Deps, tenantId: TenantId): Promise<Own[]> {
  return asStored(deps, tenantId, [...deps.devicePackages, await keyringOf(deps, tenantId)]);
}

/** wisptools-keyring of the keys that are active now. Its version grows with each key that is made, and each that is retired. */
export async function keyringOf(deps: Deps, tenantId: TenantId): Promise<DevicePackage> {
  await ensureKeys(deps, tenantId);
  const keys = (await deps.store.repositoryKeys.all(tenantId)).map(({ data }) => data);
  const active = keys.filter(({ state }) => state === "active").sort(byAge);
  const version = keyringVersion({ made: keys.length, retired: keys.length - active.length });
  const armored = await deps.store.repositorySigner.keyring(active);
  return keyringPackage(armored, version, (bytes) => gzipSync(bytes, { level: 9 })); // some kilobytes
}

export async function asStored(deps: Deps, tenantId: TenantId, packages: readonly DevicePackage[]): Promise<Own[]> {
  const all = await Promise.all(
    packages.map(async ({ content }) => {
      const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      const known = inspected.get(content) ?? inspectPackage(Readable.from([bytes]), bytes.length);
      inspected.set(content, known);
      return { content: bytes, document: packageOf(deps, tenantId, SYSTEM, await known) };
    }),
  );
  const found = await deps.store.packages.getAll(all.map(({ document }) => [tenantId, document.id]));
  return all.map((one, index) => ({ ...one, stored: found[index] })).filter(isSame);
}

/** Whether the tenant may be given the package: what it has under this id, if anything, is the same. */
function isSame({ document: { tenantId, id, sha256 }, stored }: Own): boolean {
  const other = stored && stored.data.sha256 !== sha256;
  if (!other && !stored?.data.deleting) return true;
  const reason = other
    ? `the tenant has this version with the SHA-256 ${stored.data.sha256}, not ${sha256}; a change needs a new version`
    : "it is being deleted";
  log.platformPackageLeftOut({ tenantId, packageId: id, reason });
  return false;
}

/** Puts the files of those that the tenant does not have into its pool: before a channel names them. */
export async function storeFiles(deps: Deps, packages: readonly Own[]): Promise<void> {
  await Promise.all(
    packages
      .filter(({ stored }) => !stored)
      .map(({ content, document: { tenantId, sha256 } }) =>
        deps.store.objects.put(objects.poolFile(tenantId, sha256), content, DEB_TYPE),
      ),
  );
}

/** Their entries of an index. */
export function stanzasOf(packages: readonly Own[]): string[] {
  return packages.map(({ stored, document }) => (stored?.data ?? document).stanza);
}

/** Adds their documents to the write that publishes them. */
export function addPackages(deps: Deps, write: Write, packages: readonly Own[]): void {
  for (const { document, stored } of packages) {
    if (stored) touch(deps, write, stored);
    else write.create(paths.package(document.tenantId, document.id), document);
  }
}
