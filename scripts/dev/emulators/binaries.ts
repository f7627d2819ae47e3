// The Google Cloud SDK carries the Firestore and Pub/Sub emulators, and with Firestore's jar we run the storage rules.
// firebase-tools accepts them by environment variable. Where the SDK is absent it downloads its own copies.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { CACHE } from "../places.ts";

const STORAGE_SOURCE = join(import.meta.dirname, "StorageRulesRuntime.java");
const FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";

export type Jars = { firestore?: string; pubsub?: string };

/** Where an SDK may be: around the `gcloud` of PATH, where packages put it, or where its installer does. */
function sdkCandidates(): string[] {
  const onPath = (process.env.PATH ?? "").split(":").map((folder) => join(folder, "gcloud"));
  const gcloud = onPath.filter((file) => existsSync(file)).map((file) => dirname(dirname(realpathSync(file))));
  const named = process.env.CLOUDSDK_ROOT_DIR ? [process.env.CLOUDSDK_ROOT_DIR] : [];
  const usual = ["/usr/lib", "/usr/share", "/opt", "/snap/google-cloud-cli/current", homedir()];
  return [...named, ...gcloud, ...usual.map((folder) => join(folder, "google-cloud-sdk"))];
}

export function findJars(candidates: string[] = sdkCandidates()): Jars {
  const jars: Jars = {};
  for (const sdk of candidates) {
    const firestore = join(sdk, "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar");
    if (!jars.firestore && existsSync(firestore)) jars.firestore = firestore;
    const lib = join(sdk, "platform/pubsub-emulator/lib");
    const pubsub = existsSync(lib) && readdirSync(lib).find((name) => /^cloud-pubsub-emulator.*\.jar$/.test(name));
    if (!jars.pubsub && pubsub) jars.pubsub = join(lib, pubsub);
  }
  return jars;
}

/** Environment variables that point firebase-tools at the SDK's emulators; empty where there is no SDK. */
export function emulatorBinaries(jars: Jars = findJars()): Record<string, string> {
  const found: Record<string, string> = {};
  if (jars.firestore) {
    const folder = built([jars.firestore, STORAGE_SOURCE], (into) =>
      buildFromFirestore(jars.firestore as string, into),
    );
    found.FIRESTORE_EMULATOR_BINARY_PATH = join(folder, "firestore.jar");
    found.STORAGE_EMULATOR_BINARY_PATH = join(folder, "storage-rules.jar");
  }
  if (jars.pubsub) {
    const folder = built([jars.pubsub], (into) => wrapPubsub(jars.pubsub as string, into));
    found.PUBSUB_EMULATOR_BINARY_PATH = join(folder, "pubsub.sh");
  }
  return found;
}

/** Builds once per set of inputs (path and age); two stacks starting together both end with a whole folder. */
function built(inputs: string[], build: (into: string) => void): string {
  const key = createHash("sha256").update(inputs.map((file) => `${file} ${statSync(file).mtimeMs}`).join("\n"));
  const folder = join(CACHE, "emulators", key.digest("hex").slice(0, 16));
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    build(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function buildFromFirestore(jar: string, into: string): void {
  const classes = join(into, "classes");
  execFileSync("javac", ["--release", "17", "-proc:none", "-nowarn", "-cp", jar, "-d", classes, STORAGE_SOURCE], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  packJar(join(into, "firestore.jar"), FIRESTORE_MAIN, jar);
  packJar(join(into, "storage-rules.jar"), "StorageRulesRuntime", jar, classes);
}

function packJar(jar: string, main: string, classPath: string, classes?: string): void {
  const manifest = `${jar}.mf`;
  writeFileSync(manifest, manifestText({ "Main-Class": main, "Class-Path": pathToFileURL(classPath).href }));
  execFileSync("jar", [
    "--create",
    `--file=${jar}`,
    `--manifest=${manifest}`,
    ...(classes ? ["-C", classes, "."] : []),
  ]);
}

/** A manifest line holds at most 72 bytes; a longer one continues after a line break and a space. */
export function manifestText(fields: Record<string, string>): string {
  const wrap = (line: string): string =>
    line.length <= 72 ? line : `${line.slice(0, 72)}\n${wrap(` ${line.slice(72)}`)}`;
  return `${Object.entries(fields)
    .map(([name, value]) => wrap(`${name}: ${value}`))
    .join("\n")}\n`;
}

/**
 * When the Pub/Sub emulator is slow to stop, firebase-tools kills every process with "pubsub-emulator" in its command
 * line, other stacks' too. So ours has another name, and Java is the very process that firebase-tools started.
 */
function wrapPubsub(jar: string, into: string): void {
  symlinkSync(jar, join(into, "pubsub.jar"));
  writeFileSync(join(into, "pubsub.sh"), '#!/bin/sh\nexec java -jar "$(dirname "$0")/pubsub.jar" "$@"\n', {
    mode: 0o755,
  });
}
