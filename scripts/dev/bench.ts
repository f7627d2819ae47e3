// npm run bench -- NAME: runs bench/NAME.ts beside the emulators it names; the last line is JSON.
import { existsSync, globSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { buildFor } from "./build.ts";
import { command } from "./lifetime.ts";
import { ROOT } from "./places.ts";
import type { Service } from "./ports.ts";
import { startStack } from "./stack.ts";

export type Bench = {
  /** Empty: the bench needs none. */
  emulators: Service[];
  /** Default: the demo world is there if auth and firestore are. */
  seed?: boolean;
  run(env: Record<string, string>): Promise<Record<string, number | string>>;
};

async function inStack(bench: Bench): Promise<Record<string, number | string>> {
  if (bench.emulators.length === 0) return bench.run({});
  await buildFor(bench.emulators);
  const stack = await startStack({ only: bench.emulators, seed: bench.seed ?? true });
  Object.assign(process.env, stack.env);
  try {
    return await bench.run(stack.env);
  } finally {
    await stack.stop();
  }
}

await command(async () => {
  const name = process.argv[2] ?? "";
  const file = `${ROOT}/bench/${name}.ts`;
  if (!/^[a-z][a-z-]*$/.test(name) || !existsSync(file)) {
    const names = globSync("bench/*.ts", { cwd: ROOT, exclude: ["**/*.test.ts"] }).map((path) => basename(path, ".ts"));
    throw new Error(`usage: npm run bench -- NAME; there are: ${names.sort().join(", ") || "none yet"}`);
  }
  const figures = await inStack((await import(pathToFileURL(file).href)) as Bench);
  console.table(Object.entries(figures).map(([figure, value]) => ({ figure, value })));
  console.log(JSON.stringify({ bench: name, ...figures }));
  return 0;
});
