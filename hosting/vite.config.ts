import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const offset = Number(process.env.WISPTOOLS_PORT_OFFSET ?? 0);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  plugins: [svelte()],
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
        // What nearly every page draws with travels as one file: dozens of small ones compress badly.
        codeSplitting: {
          groups: [
            {
              name: "ui",
              test: /@lucide|src\/(router|ui\/(?!Dialog|ConfirmDialog|HelpDialog|Menu|Secret))/,
              minShareCount: 3,
            },
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
