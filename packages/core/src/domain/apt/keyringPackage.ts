import type { RepositoryKey } from "../../documents/repository.ts";
import { PackageId } from "./ids.ts";
import { KEYRING_PATH } from "./sources.ts";
import { writePackage } from "./writePackage.ts";

/** Every member's time, so that the same keys give the same bytes. 2026-01-01. */
const TIME = 1_767_225_600;

export interface KeyringPackage {
  filename: string;
  content: Uint8Array;
}

/** Grows with each change of a tenant's keys: how many there were ever made, and how many of those are retired. */
export function keyringVersion(keys: { made: number; retired: number }): string {
  return `1.${keys.made + keys.retired}`;
}

/** The keyring's package of a tenant with these keys, retired ones included. */
export function keyringId(keys: readonly Pick<RepositoryKey, "state">[]): PackageId {
  const retired = keys.filter(({ state }) => state === "retired").length;
  return PackageId.parse(`wisptools-keyring_${keyringVersion({ made: keys.length, retired })}_all`);
}

/**
 * The keyring's package that every publication must hold, whatever snapshot it begins with: undefined as long as there is the first key
 * alone, which boxes have from their deployment.
 */
export function neededKeyring(keys: readonly Pick<RepositoryKey, "state">[]): PackageId | undefined {
  return keys.length > 1 ? keyringId(keys) : undefined;
}

export function keyringControl(armored: string, version: string): string {
  return `Package: wisptools-keyring
Version: ${version}
Section: net
Priority: optional
Architecture: all
Maintainer: wisptools <root@localhost>
Installed-Size: ${Math.ceil(armored.length / 1024)}
Description: keys of this EPC's package repository
 What apt checks the packages of the tenant's own repository with.
`;
}

/**
 * wisptools-keyring of one tenant: its repository's keys. The file is no conffile, as a kept old one would end the box's updates.
 * @param armored all keys that may sign, in one armoured text, as the deployment script carries it.
 */
export function keyringPackage(
  armored: string,
  version: string,
  gzip: (bytes: Uint8Array) => Uint8Array,
): KeyringPackage {
  const control = keyringControl(armored, version);
  const files = { [KEYRING_PATH.slice(1)]: armored.endsWith("\n") ? armored : `${armored}\n` };
  return {
    filename: `wisptools-keyring_${version}_all.deb`,
    content: writePackage({ control, files, time: TIME }, gzip),
  };
}
