// npm start: the whole stack with the demo world and a simulated site, until Ctrl-C.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { buildFor } from "./build.ts";
import { command, onEnd } from "./lifetime.ts";
import { ROOT } from "./places.ts";
import { SERVICES } from "./ports.ts";
import { startStack } from "./stack.ts";

type Site = { stop(): Promise<void> };

async function startSite(env: Record<string, string>): Promise<void> {
  const file = `${ROOT}/scripts/dev/simulated-site.ts`;
  if (!existsSync(file)) return;
  const { startSimulatedSite } = (await import(pathToFileURL(file).href)) as {
    startSimulatedSite(env: Record<string, string>): Promise<Site>;
  };
  const site = await startSimulatedSite(env);
  onEnd(() => site.stop());
}

await command(async () => {
  const begun = Date.now();
  console.log("Building, then starting the emulators and the demo world ...");
  await buildFor(SERVICES);
  const { env } = await startStack();
  await startSite(env);
  console.log(`Ready after ${Math.round((Date.now() - begun) / 1000)} s: ${env.WISPTOOLS_URL}`);
  console.log("Sign in as owner@wisp123.test, password wisptools-demo. Ctrl-C stops everything.");
  return new Promise<number>(() => setInterval(() => {}, 1 << 30)); // the signal ends us
});
