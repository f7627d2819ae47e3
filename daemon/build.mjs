import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePackage } from "../scripts/dev/bundlePackage.mjs";

await bundlePackage(dirname(fileURLToPath(import.meta.url)), "src/main.ts", "lib/main.js");
