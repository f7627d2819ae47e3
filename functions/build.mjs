// Bundles the functions into one file. The deployed folder is installed alone, from the registry, so registry packages
// stay imports and our own workspace packages are inlined.
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${here}/package.json`, "utf8"));
const listed = Object.keys(dependencies);

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/index.ts"],
  outfile: "lib/index.js",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  sourcemap: true,
  metafile: true,
  logLevel: "warning",
  external: listed.flatMap((name) => [name, `${name}/*`]),
});

const packageOf = (path) => path.split("/", path.startsWith("@") ? 2 : 1).join("/");
const inlined = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules/"));
if (inlined.length > 0) {
  const names = new Set(inlined.map((path) => packageOf(path.slice(path.lastIndexOf("node_modules/") + 13))));
  throw new Error(`inlined into the bundle, list in functions/package.json: ${[...names].join(", ")}`);
}
const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
const unlisted = imported.filter((path) => !isBuiltin(path) && !listed.includes(packageOf(path)));
if (unlisted.length > 0)
  throw new Error(`imported but not in functions/package.json: ${[...new Set(unlisted)].join(", ")}`);

// The functions hand these files to devices and read them when asked.
const device = `${here}/../scripts/device`;
rmSync(`${here}/lib/device`, { recursive: true, force: true });
if (existsSync(device)) cpSync(device, `${here}/lib/device`, { recursive: true });
