import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LENGTH = 32;

/**
 * The key that wraps the tenants' keys in the mirror: 32 bytes of `file`, which nobody but its owner, or its owner's group, may read (the mask of systemd's access list
 * looks like the group's right). Without `file`, `store.key` in the
 * data directory, made when absent.
 * @throws when the file is readable by others, or not 32 bytes.
 */
export function readStoreKey(dataDir: string, file?: string): Buffer {
  const path = file ?? generated(dataDir);
  const { mode } = statSync(path);
  if ((mode & 0o027) !== 0)
    throw new Error(`${path}: others may read the store key, or its group may write it; give it mode 0600`);
  const key = readFileSync(path);
  if (key.length !== LENGTH) throw new Error(`${path}: a store key has ${LENGTH} bytes, this has ${key.length}`);
  return key;
}

function generated(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "store.key");
  try {
    writeFileSync(path, randomBytes(LENGTH), { mode: 0o600, flag: "wx", flush: true });
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return path;
}
