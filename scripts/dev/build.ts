// npm run build: what the emulators and a deployment run. Functions and the daemon become one file each, hosting a folder of static files.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { command } from "./lifetime.ts";
import { BIN, ROOT } from "./places.ts";
import type { Service } from "./ports.ts";
import { run } from "./processes.ts";

export async function buildFor(services: readonly Service[]): Promise<void> {
  if (services.includes("functions")) await step("functions", [`${BIN}/node`, "build.mjs"], "functions");
  if (services.includes("daemon")) await step("daemon", [`${BIN}/node`, "build.mjs"], "daemon");
  if (services.includes("hosting")) {
    await step("hosting", [`${BIN}/vite`, "build", "--logLevel", "warn"], "hosting");
    // What a technician downloads: the device programs that enrolling takes, in one file.
    writeFileSync(
      `${ROOT}/hosting/dist/enrol.sh`,
      execFileSync("sh", ["bundle.sh"], { cwd: `${ROOT}/scripts/device` }),
    );
  }
}

async function step(name: string, argv: string[], folder: string): Promise<void> {
  if ((await run(argv, { cwd: `${ROOT}/${folder}` })) !== 0) throw new Error(`building ${name} failed`);
}

if (import.meta.main) {
  await command(async () => {
    await buildFor(["functions", "daemon", "hosting"]);
    return 0;
  });
}
