import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { KEYRING_PATH, keyringControl } from "@wisptools/core";
import { buildPackage } from "./agentPackage.ts";

/**
 * Builds wisptools-keyring of the armoured keys in `file` by dpkg-deb, for those who want it by hand: the cloud makes each
 * tenant's own by itself. Returns its path.
 */
export function buildKeyringPackage(folder: string, file: string, version: string): string {
  const armored = readFileSync(file, "utf8");
  if (!/^-----BEGIN PGP PUBLIC KEY BLOCK-----$/m.test(armored)) {
    throw new Error(`${file} is not an armoured OpenPGP public key`);
  }
  const root = mkdtempSync(join(tmpdir(), "wisptools-keyring-"));
  try {
    const path = join(root, KEYRING_PATH);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, armored);
    return buildPackage(root, folder, keyringControl(armored, version), []);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
