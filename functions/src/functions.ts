import { onRequest } from "firebase-functions/https";
import { onSchedule } from "firebase-functions/scheduler";
import { apps } from "./apps.ts";
import { deps } from "./config.ts";
import { lazily } from "./http/listener.ts";
import { remsimSweep as sweepRemsim } from "./operations/remsim/remsimSweep.ts";
import { resignExpiring } from "./operations/repository/resign.ts";
import { rolloutSweep as sweepRollouts } from "./operations/rollouts/rolloutSweep.ts";
import { sweep } from "./operations/sweep.ts";
import { webhookSweep as sweepWebhooks } from "./operations/webhooks/webhookSweep.ts";

export { webhookDeliver } from "./triggers/webhookDeliver.ts";
export { webhookAlert, webhookEpcEvent, webhookRemsimEvent, webhookRollout } from "./triggers/webhookSources.ts";

export const autoRegister = onRequest(
  { memory: "512MiB", concurrency: 80 },
  lazily(() => apps.autoRegister(deps())),
);
export const metricsSubmit = onRequest(
  { memory: "512MiB", concurrency: 200 },
  lazily(() => apps.metricsSubmit(deps())),
);
export const hssProxy = onRequest(
  { memory: "512MiB", concurrency: 80, timeoutSeconds: 120 },
  lazily(() => apps.hssProxy(deps())),
);
/** Reads and checks whole packages, and writes whole indexes: memory and time for those. */
export const epcUpdates = onRequest(
  { memory: "1GiB", concurrency: 16, timeoutSeconds: 540 },
  lazily(() => apps.epcUpdates(deps())),
);
export const aptRepository = onRequest(
  { memory: "512MiB", concurrency: 200 },
  lazily(() => apps.aptRepository(deps())),
);
export const remsimRegister = onRequest(
  { memory: "512MiB", concurrency: 200 },
  lazily(() => apps.remsimRegister(deps())),
);
export const tenantAdmin = onRequest(
  { memory: "256MiB", concurrency: 80 },
  lazily(() => apps.tenantAdmin(deps())),
);

export const epcSweep = onSchedule({ schedule: "every 1 minutes", timeoutSeconds: 55 }, async () => {
  await sweep(deps());
});
/** What time alone decides about rollouts: soaks, maintenance windows, silent devices. */
export const rolloutSweep = onSchedule({ schedule: "every 1 minutes", timeoutSeconds: 300 }, async () => {
  await sweepRollouts(deps());
});

/** What time alone decides about remote SIM: silent clients, banks and cards that failed. */
export const remsimSweep = onSchedule({ schedule: "every 1 minutes", timeoutSeconds: 300 }, async () => {
  await sweepRemsim(deps());
});

/** Releases are valid for ten days; each day those of all tenants are signed again. */
export const repositoryResign = onSchedule(
  { schedule: "every 24 hours", timeoutSeconds: 1800, memory: "512MiB", retryCount: 3 },
  async () => {
    await resignExpiring(deps());
  },
);

/** Attempts whose tasks were lost; the queue itself does the others. */
export const webhookSweep = onSchedule({ schedule: "every 10 minutes", timeoutSeconds: 300 }, async () => {
  await sweepWebhooks(deps());
});
