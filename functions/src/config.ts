import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { connect, keyServiceOf, openStore } from "@wisptools/store";
import { setGlobalOptions } from "firebase-functions/options";
import type { Deps } from "./deps.ts";

setGlobalOptions({ region: "us-central1", maxInstances: 100 });

/** The environment, read once. WISPTOOLS_KMS_KEY: the Cloud KMS key (`projects/…/cryptoKeys/…`) that wraps secrets in production. */
function environment() {
  const projectId = process.env.GCLOUD_PROJECT ?? process.env.GOOGLE_CLOUD_PROJECT;
  if (!projectId) throw new Error("GCLOUD_PROJECT is not set");
  const local = projectId.startsWith("demo-");
  const kmsKey = process.env.WISPTOOLS_KMS_KEY;
  const bucket = process.env.WISPTOOLS_BUCKET ?? `${projectId}.${local ? "appspot.com" : "firebasestorage.app"}`;
  return { projectId, kmsKey, bucket };
}

/** The composition root of every function: made at the first request, so that deploys and cold starts stay light. */
export function dependencies(deviceFolder = join(import.meta.dirname, "device")): Deps {
  const { projectId, kmsKey, bucket } = environment();
  const platform = connect(projectId, bucket);
  const keys = keyServiceOf(platform, kmsKey);
  return { store: openStore(platform, keys), now: () => new Date(), deviceFiles: readFolder(deviceFolder) };
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

let shared: Deps | undefined;

/** The one set of dependencies of this instance. */
export function deps(): Deps {
  shared ??= dependencies();
  return shared;
}
