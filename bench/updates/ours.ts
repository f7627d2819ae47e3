// The functions' own operations and store, against a folder (fileCloud.ts). One process for each act, as the peers are:
// prepare FOLDER makes the key; ingest FOLDER PACKAGES takes every .deb of a folder in and publishes them; add FOLDER DEB...
// serve does such acts in one process, as an instance of the functions does.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { DEFAULT_CHANNEL, mergeSnapshot, paths, repositoryKeySecretId } from "@wisptools/core";
import { keyServiceOf, openStore } from "@wisptools/store";
import type { Deps } from "../../functions/src/deps.ts";
import { publishPackages } from "../../functions/src/operations/repository/channelActs.ts";
import { publish } from "../../functions/src/operations/repository/publish.ts";
import { publicReach } from "../../functions/src/operations/webhooks/reach.ts";
import { filePlatform } from "./fileCloud.ts";
import { actor, type Taken, take, tenantId } from "./take.ts";

const channel = DEFAULT_CHANNEL;
/** Fewer packages are not worth the start of a second thread, or waking the one that is there. */
const WORTH_A_THREAD = 2000;
const WORTH_WAKING = 100;

function depsOf(folder: string): Deps {
  const platform = filePlatform(folder);
  return {
    store: openStore(platform, keyServiceOf(platform, undefined)),
    now: () => new Date(),
    tasks: { enqueue: async () => {} },
    webhooks: publicReach,
    deviceFiles: {},
    devicePackages: [],
    diameter: { hssIdentity: "", hssHost: "", pcrfIdentity: "", pcrfHost: "" },
  };
}

/** A second thread, for as long as the process runs. */
class Helper {
  private worker: Worker | undefined;

  start(): Worker {
    this.worker ??= new Worker(new URL("takeThread.mjs", import.meta.url));
    this.worker.unref();
    return this.worker;
  }

  take(folder: string, files: readonly string[]): Promise<Taken[]> {
    const worker = this.start();
    worker.ref();
    return new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", (taken: Taken[]) => {
        worker.off("error", reject);
        worker.unref();
        resolve(taken);
      });
      worker.postMessage({ folder, files });
    });
  }
}

const helper = new Helper();
let isService = false;

async function takeAll(folder: string, files: readonly string[]): Promise<Taken[]> {
  const alone = files.length < (isService ? WORTH_WAKING : WORTH_A_THREAD);
  const half = alone ? files.length : Math.ceil(files.length / 2);
  const others = alone ? [] : helper.take(folder, files.slice(half));
  return [await take(filePlatform(folder), folder, files.slice(0, half)), await others].flat();
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
  const taken = await takeAll(folder, files);
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

async function perform(act: string | undefined, folder = "", ...files: string[]): Promise<void> {
  if (act === "prepare") await prepare(folder);
  else if (act === "ingest") await ingest(folder, files[0] ?? "");
  else if (act === "add") await add(folder, files);
  else throw new Error("usage: ours prepare|ingest|add FOLDER ..., or ours serve");
}

/** Acts as JSON lists, one a line; answers each with the CPU it took, in microseconds. */
async function serve(): Promise<void> {
  isService = true;
  helper.start();
  for await (const line of createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    await perform(...(JSON.parse(line) as [string, string]));
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(`${JSON.stringify({ cpu: user + system })}\n`);
  }
}

const [first, ...rest] = process.argv.slice(2);
await (first === "serve" ? serve() : perform(first, ...rest));
