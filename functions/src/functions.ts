import type { Express } from "express";
import { onRequest } from "firebase-functions/https";
import { onSchedule } from "firebase-functions/scheduler";
import { apps } from "./apps.ts";
import { deps } from "./config.ts";
import type { Deps } from "./deps.ts";
import { sweep } from "./operations/sweep.ts";

/** An app made at its first request. */
function lazily(make: (deps: Deps) => Express): Express {
  let app: Express | undefined;
  return ((request: unknown, response: unknown) => {
    app ??= make(deps());
    return (app as unknown as (a: unknown, b: unknown) => void)(request, response);
  }) as unknown as Express;
}

export const autoRegister = onRequest({ memory: "512MiB", concurrency: 80 }, lazily(apps.autoRegister));
export const metricsSubmit = onRequest({ memory: "512MiB", concurrency: 200 }, lazily(apps.metricsSubmit));
export const tenantAdmin = onRequest({ memory: "256MiB", concurrency: 80 }, lazily(apps.tenantAdmin));

export const epcSweep = onSchedule({ schedule: "every 1 minutes", timeoutSeconds: 55 }, async () => {
  await sweep(deps());
});
