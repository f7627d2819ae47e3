import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface SqnLease {
  /** The last value leased, by this process or one before it; 0: none yet. */
  readonly leased: number;
  /** Durable when it returns, also against loss of power. */
  lease(upTo: number): void;
}

/**
 * What SqnGenerator stands on. A file of its own rather than LMDB, whose commits reach the disk a moment after they are made: it is written beside,
 * flushed, and renamed into place.
 * @throws when the file holds anything but a number, as guessing one could repeat SQNs.
 */
export function openSqnLease(dataDir: string): SqnLease {
  const path = join(dataDir, "sqn-lease");
  let leased = readLease(path);
  return {
    get leased() {
      return leased;
    },
    lease: (upTo) => {
      if (!Number.isSafeInteger(upTo) || upTo < 0) throw new RangeError(`lease ${upTo} is not a natural number`);
      replaceDurably(dataDir, path, `${upTo}\n`);
      leased = upTo;
    },
  };
}

function readLease(path: string): number {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
  const value = Number(text);
  if (!/^\d{1,16}\n$/.test(text) || !Number.isSafeInteger(value)) throw new Error(`${path} does not hold a number`);
  return value;
}

function replaceDurably(folder: string, path: string, text: string): void {
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const directory = openSync(folder, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
