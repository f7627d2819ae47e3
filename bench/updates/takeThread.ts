// A thread of ours.ts: takes packages in beside it.
import { parentPort } from "node:worker_threads";
import { filePlatform } from "./fileCloud.ts";
import { take } from "./take.ts";

interface Task {
  folder: string;
  files: string[];
  start: Int32Array;
}

parentPort?.on("message", async ({ folder, files, start }: Task) => {
  parentPort?.postMessage(await take(filePlatform(folder), folder, files, start));
});
