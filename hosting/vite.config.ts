import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const offset = Number(process.env.WISPTOOLS_PORT_OFFSET ?? 0);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What only forms and details draw with. */
const DETAILS =
  /src\/ui\/(CheckField|ChoiceField|CommandBlock|CopyButton|EventList|Facts?|FilePicker|Id|InlineField|Panel|PlainTable|ProgressBar|SectionFrame|SelectField|TabNav|TextArea|TimeZoneField|draft)\.|icons\/(check|chevron-right|copy|download|ellipsis|key-round|send|trash-2)\./;
const ON_DEMAND = /src\/ui\/(Dialog|ConfirmDialog|FormDialog|Menu|Secret)\./;

const JSON_SCHEMA = /zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/;

/** A third of Zod writes JSON Schema, and every schema holds on to it; no page asks for any. */
const withoutJsonSchema: Plugin = {
  name: "without-json-schema",
  load(id) {
    if (!JSON_SCHEMA.test(id)) return undefined;
    const names = [...readFileSync(id, "utf8").matchAll(/^export (?:const|function|class) (\w+)/gm)].map(
      ([, name]) => name,
    );
    return ["const none = () => none;", ...names.map((name) => `export const ${name} = none;`)].join("\n");
  },
};

export default defineConfig({
  root: here("."),
  plugins: [svelte(), withoutJsonSchema],
  resolve: {
    // A third of the Firestore SDK is a regular expression engine that only its pipeline queries use; we make none.
    alias: { re2js: here("src/data/noRegex.ts") },
  },
  build: {
    outDir: here("dist"),
    emptyOutDir: true,
    target: "es2022",
    // The Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Zod would try out `new Function` at its first schema: the Content-Security-Policy reports that as a violation.
        intro: (chunk) =>
          chunk.moduleIds.some((id) => id.includes("/zod/"))
            ? "globalThis.__zod_globalConfig ??= { jitless: true };"
            : "",
        // What nearly every page draws with travels as one file: dozens of small ones compress badly. What only forms and
        // details draw with is a second one, which the first load goes without.
        codeSplitting: {
          groups: [
            {
              name: "ui",
              test: (id) => /@lucide|src\/(router|ui\/)/.test(id) && !DETAILS.test(id) && !ON_DEMAND.test(id),
              minShareCount: 3,
              priority: 1,
            },
            { name: "details", test: DETAILS, minShareCount: 3 },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5000 + offset,
    strictPort: true,
  },
});
