// A thread of ours.ts: takes a part of the packages in.
import { parentPort } from "node:worker_threads";
import { filePlatform } from "./fileCloud.ts";
import { take } from "./take.ts";

parentPort?.on("message", async ({ folder, files }: { folder: string; files: string[] }) => {
  parentPort?.postMessage(await take(filePlatform(folder), folder, files));
});
