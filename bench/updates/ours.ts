// The functions' own operations and store, against a folder (fileCloud.ts). One process for each act, as the peers are:
// prepare FOLDER makes the key; ingest FOLDER PACKAGES takes every .deb of a folder in and publishes them; add FOLDER DEB...
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { DEFAULT_CHANNEL, mergeSnapshot, paths, repositoryKeySecretId } from "@wisptools/core";
import { keyServiceOf, openStore } from "@wisptools/store";
import type { Deps } from "../../functions/src/deps.ts";
import { publishPackages } from "../../functions/src/operations/repository/channelActs.ts";
import { publish } from "../../functions/src/operations/repository/publish.ts";
import { filePlatform } from "./fileCloud.ts";
import { actor, type Taken, take, tenantId } from "./take.ts";

const channel = DEFAULT_CHANNEL;
/** Fewer packages are not worth the start of a second thread. */
const WORTH_A_THREAD = 2000;

function depsOf(folder: string): Deps {
  const platform = filePlatform(folder);
  return {
    store: openStore(platform, keyServiceOf(platform, undefined)),
    now: () => new Date(),
    deviceFiles: {},
    devicePackages: [],
    diameter: { hssIdentity: "", hssHost: "", pcrfIdentity: "", pcrfHost: "" },
  };
}

function inThread(folder: string, files: readonly string[]): Promise<Taken[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("takeThread.mjs", import.meta.url), { workerData: { folder, files } });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** The key that signs: made before anything is measured, as the peers' is. */
async function prepare(folder: string): Promise<void> {
  const { store, now } = depsOf(folder);
  const { key, sealed } = await store.repositorySigner.generate(tenantId, "ed25519", now(), []);
  const write = store.write();
  write.create(paths.repositoryKey(tenantId, key.id), key);
  write.create(paths.secret(tenantId, repositoryKeySecretId(key.id)), sealed);
  await write.commit();
}

/** Takes the packages in and publishes them at once, as a new tenant's repository is made. */
async function ingest(folder: string, packages: string): Promise<void> {
  const files = readdirSync(packages).map((name) => join(packages, name));
  const half = files.length < WORTH_A_THREAD ? files.length : Math.ceil(files.length / 2);
  const other = half < files.length ? inThread(folder, files.slice(half)) : [];
  const taken = [await take(filePlatform(folder), folder, files.slice(0, half)), await other].flat();
  await publish({ deps: depsOf(folder), tenantId, channel, actor }, async ({ snapshot }) => ({
    action: "publish",
    note: "",
    snapshot: mergeSnapshot(
      await snapshot(),
      taken.map(({ stanza }) => stanza),
    ),
  }));
}

/** Takes the packages in, and does what the publishing endpoint does. */
async function add(folder: string, files: readonly string[]): Promise<void> {
  const taken = await take(filePlatform(folder), folder, files);
  await publishPackages(depsOf(folder), actor, channel, { add: taken.map(({ id }) => id), remove: [], note: "" });
}

const [act, folder = "", ...files] = process.argv.slice(2);
if (act === "prepare") await prepare(folder);
else if (act === "ingest") await ingest(folder, files[0] ?? "");
else if (act === "add") await add(folder, files);
else throw new Error("usage: ours prepare|ingest|add FOLDER ...");
