// Exit status 0: node_modules holds what package-lock.json asks for, by npm's own record of what it installed.
// So run.sh leaves an installation alone that somebody made with npm themselves. Runs on the system's Node.
import { existsSync, readFileSync } from "node:fs";

const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
const record = "node_modules/.package-lock.json";
if (!existsSync(record) || !existsSync("node_modules/.bin/node")) process.exit(1);
const installed = packagesOf(record);
const differs = Object.entries(packagesOf("package-lock.json")).some(([path, wanted]) => {
  if (!path.includes("node_modules/") || wanted.link) return false;
  if (!installed[path]) return !wanted.optional && !wanted.extraneous; // other platforms' packages are optional
  return installed[path].version !== wanted.version;
});
process.exit(differs ? 1 : 0);
