// Bundles a workspace into one file. What we ship is installed alone, from the registry, so registry packages stay imports and our own
// workspace packages are inlined.
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { build } from "esbuild";

const packageOf = (path) => path.split("/", path.startsWith("@") ? 2 : 1).join("/");

/** Bundles `entry` of the workspace in `folder` into `outfile`; throws where its package.json does not list exactly what it needs. */
export async function bundlePackage(folder, entry, outfile) {
  const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const listed = Object.keys(dependencies);
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
    external: listed.flatMap((name) => [name, `${name}/*`]),
  });
  const inlined = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules/"));
  if (inlined.length > 0) {
    const names = new Set(inlined.map((path) => packageOf(path.slice(path.lastIndexOf("node_modules/") + 13))));
    throw new Error(`inlined into the bundle, list in ${folder}/package.json: ${[...names].join(", ")}`);
  }
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const unlisted = imported.filter((path) => !isBuiltin(path) && !listed.includes(packageOf(path)));
  if (unlisted.length > 0)
    throw new Error(`imported but not in ${folder}/package.json: ${[...new Set(unlisted)].join(", ")}`);
}
