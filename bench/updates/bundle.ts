// Bundles ours.ts as the functions are bundled, with the registry's packages inlined, for it runs outside the workspace.
import { build, type Plugin } from "esbuild";

/** The clients of what fileCloud.ts stands for; nothing of them is called. */
const absent: Plugin = {
  name: "absent",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(firebase-admin|@google-cloud)\// }, ({ path }) => ({ path, namespace: "absent" }));
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents:
        "const never = () => { throw new Error('not in this bench') };\nmodule.exports = new Proxy({}, { get: () => never });",
    }));
  },
};

/** @returns path of the program. */
export async function bundleOurs(outdir: string): Promise<string> {
  await build({
    entryPoints: ["ours", "takeThread"].map((name) => `${import.meta.dirname}/${name}.ts`),
    outdir,
    bundle: true,
    // openpgp is imported when something is signed, as in the functions.
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    outExtension: { ".js": ".mjs" },
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: "warning",
    plugins: [absent],
  });
  return `${outdir}/ours.mjs`;
}
