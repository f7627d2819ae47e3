import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { connect, keyServiceOf, openStore } from "@wisptools/store";
import { setGlobalOptions } from "firebase-functions/options";
import type { Deps, DevicePackage } from "./deps.ts";
import { reachOf } from "./operations/webhooks/reach.ts";

setGlobalOptions({ region: "us-central1", maxInstances: 100 });

/** Whether this is the functions emulator. */
export const isEmulated = process.env.FUNCTIONS_EMULATOR === "true";

/**
 * The environment, read once. WISPTOOLS_KMS_KEY: the Cloud KMS key (`projects/…/cryptoKeys/…`) that wraps secrets in production.
 * WISPTOOLS_HSS_IDENTITY and WISPTOOLS_PCRF_IDENTITY: the daemons' Diameter identities; WISPTOOLS_HSS_HOST and
 * WISPTOOLS_PCRF_HOST: where EPCs reach them, if not by those names. WISPTOOLS_WEBHOOKS_LOCAL: set by the local stack.
 */
function environment() {
  const projectId = process.env.GCLOUD_PROJECT ?? process.env.GOOGLE_CLOUD_PROJECT;
  if (!projectId) throw new Error("GCLOUD_PROJECT is not set");
  const local = projectId.startsWith("demo-");
  const kmsKey = process.env.WISPTOOLS_KMS_KEY;
  const bucket = process.env.WISPTOOLS_BUCKET ?? `${projectId}.${local ? "appspot.com" : "firebasestorage.app"}`;
  return {
    projectId,
    kmsKey,
    bucket,
    diameter: diameterEnvironment(local),
    webhooks: reachOf(projectId, process.env.WISPTOOLS_WEBHOOKS_LOCAL),
  };
}

function diameterEnvironment(local: boolean): Deps["diameter"] {
  const identity = (role: "HSS" | "PCRF"): string => {
    const name = `WISPTOOLS_${role}_IDENTITY`;
    const value = process.env[name] || (local ? `${role.toLowerCase()}.wisptools.local` : undefined);
    if (!value) throw new Error(`${name} must be the Diameter identity of this project's ${role}`);
    return value;
  };
  const [hssIdentity, pcrfIdentity] = [identity("HSS"), identity("PCRF")];
  return {
    hssIdentity,
    hssHost: process.env.WISPTOOLS_HSS_HOST || hssIdentity,
    pcrfIdentity,
    pcrfHost: process.env.WISPTOOLS_PCRF_HOST || pcrfIdentity,
  };
}

/** The composition root of every function: made at the first request, so that deploys and cold starts stay light. */
export function dependencies(
  deviceFolder = join(import.meta.dirname, "device"),
  packageFolder = join(import.meta.dirname, "packages"),
): Deps {
  const { projectId, kmsKey, bucket, diameter, webhooks } = environment();
  const platform = connect(projectId, bucket);
  const keys = keyServiceOf(platform, kmsKey);
  const deviceFiles = readFolder(deviceFolder);
  const devicePackages = readPackages(packageFolder);
  const store = openStore(platform, keys);
  return { store, tasks: platform.tasks, webhooks, now: () => new Date(), deviceFiles, devicePackages, diameter };
}

/** Every file of a folder by its path in it. */
function readFolder(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, "utf8")] as const;
    }),
  );
}

/** The .debs of a folder, which functions/build.mjs fills. */
function readPackages(folder: string): DevicePackage[] {
  const filenames = readdirSync(folder).filter((name) => name.endsWith(".deb"));
  return filenames.map((filename) => ({ filename, content: readFileSync(join(folder, filename)) }));
}

let shared: Deps | undefined;

/** The one set of dependencies of this instance. */
export function deps(): Deps {
  shared ??= dependencies();
  return shared;
}
