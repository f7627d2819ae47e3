// Rules of size and place that no linter knows.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What may lie at the root: platform files and rooms. A new one is a decision, made here. */
const AT_ROOT = new Set(
  `.ci .editorconfig .firebaserc .gitignore CHANGELOG.md CONTRIBUTING.md README.md biome.json firebase.json firestore.indexes.json
  firestore.rules package-lock.json package.json storage.rules tsconfig.json vitest.config.ts
  bench daemon docs emulator-data functions hosting packages scripts tests`.split(/\s+/),
);
const INDEX = "functions/src/index.ts";
const INDEX_LINES = 40;
const FILE_LINES = 300;
/** Tables and tests may be long: their length is data, not thought. */
const MAY_BE_LONG = /\.test\.ts$|(^|\/)(fixtures|tables|dictionary)\/|\.table\.ts$|^(bench|tests)\//;

export function shapeFaults(root: string, files: string[]): string[] {
  const lines = (file: string): number => readFileSync(join(root, file), "utf8").trimEnd().split("\n").length;
  const strangers = new Set(files.map((file) => file.split("/")[0] ?? "").filter((name) => !AT_ROOT.has(name)));
  const code = files.filter((file) => /\.(ts|svelte|sh|js|mjs)$/.test(file) && !MAY_BE_LONG.test(file));
  const long = code.map((file) => ({ file, count: lines(file) })).filter(({ count }) => count > FILE_LINES);
  return [
    ...[...strangers].map(
      (name) => `${name}: not expected at the root; find it a room, or list it in scripts/dev/shape.ts`,
    ),
    ...long.map(({ file, count }) => `${file}: ${count} lines, more than ${FILE_LINES}; split it by idea`),
    ...(files.includes(INDEX) && lines(INDEX) > INDEX_LINES
      ? [`${INDEX}: re-exports only, at most ${INDEX_LINES} lines`]
      : []),
  ];
}
