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
  },
  server: {
    host: "127.0.0.1",
    port: 5000 + offset,
    strictPort: true,
  },
});
