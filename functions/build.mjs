import { cpSync, existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePackage } from "../scripts/dev/bundlePackage.mjs";
import { agentPackageFolder } from "../scripts/release/agentPackage.ts";

const here = dirname(fileURLToPath(import.meta.url));
await bundlePackage(here, "src/index.ts", "lib/index.js");

// The functions hand these files to devices and read them when asked.
const device = `${here}/../scripts/device`;
rmSync(`${here}/lib/device`, { recursive: true, force: true });
if (existsSync(device)) cpSync(device, `${here}/lib/device`, { recursive: true });

// And these they put into each tenant's repository.
agentPackageFolder(`${here}/lib/packages`);
