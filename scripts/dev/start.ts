// npm start: the whole stack with the demo world and a simulated site, until Ctrl-C.
import { buildFor } from "./build.ts";
import { command, onEnd } from "./lifetime.ts";
import { SERVICES } from "./ports.ts";
import { runSchedules } from "./schedules.ts";
import { startSimulatedRouters } from "./simulated-routers.ts";
import { startSimulatedSite } from "./simulated-site.ts";
import { startStack } from "./stack.ts";

await command(async () => {
  const begun = Date.now();
  console.log("Building, then starting the emulators and the demo world ...");
  await buildFor(SERVICES);
  const { env } = await startStack();
  const site = await startSimulatedSite(env);
  onEnd(() => site.stop());
  const routers = await startSimulatedRouters(env);
  onEnd(() => routers.stop());
  const schedules = runSchedules(env);
  onEnd(async () => schedules.stop());
  console.log(`Ready after ${Math.round((Date.now() - begun) / 1000)} s: ${env.WISPTOOLS_URL}`);
  console.log("Sign in as owner@wisp123.test, password wisptools-demo. Ctrl-C stops everything.");
  return new Promise<number>(() => setInterval(() => {}, 1 << 30)); // the signal ends us
});
