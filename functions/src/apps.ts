import type { Deps } from "./deps.ts";
import { createApp } from "./http/app.ts";
import { aptRoutes } from "./http/routes/apt.ts";
import { epcRoutes } from "./http/routes/epc.ts";
import { hssRoutes } from "./http/routes/hss.ts";
import { metricsRoutes } from "./http/routes/metrics.ts";
import { remsimRoutes } from "./http/routes/remsim.ts";
import { remsimLiveRoutes } from "./http/routes/remsimLive.ts";
import { repositoryRoutes } from "./http/routes/repository.ts";
import { rolloutsRoutes } from "./http/routes/rollouts.ts";
import { simBankRoutes } from "./http/routes/simBanks.ts";
import { tenantRoutes } from "./http/routes/tenants.ts";
import { webhookRoutes } from "./http/routes/webhooks.ts";

/** The express app of each function, for the functions runtime and for one plain process alike. */
export const apps = {
  aptRepository: (deps: Deps) => createApp(deps, aptRoutes),
  autoRegister: (deps: Deps) => createApp(deps, epcRoutes),
  epcUpdates: (deps: Deps) =>
    createApp(deps, (router, gate) => {
      repositoryRoutes(router, gate, deps);
      rolloutsRoutes(router, gate, deps);
    }),
  hssProxy: (deps: Deps) => createApp(deps, hssRoutes),
  metricsSubmit: (deps: Deps) => createApp(deps, metricsRoutes),
  remsimRegister: (deps: Deps) =>
    createApp(deps, (router, gate) => {
      remsimRoutes(router, gate, deps);
      remsimLiveRoutes(router, gate, deps);
      simBankRoutes(router, gate, deps);
    }),
  tenantAdmin: (deps: Deps) =>
    createApp(deps, (router, gate) => {
      tenantRoutes(router, gate, deps);
      webhookRoutes(router, gate, deps);
    }),
};
