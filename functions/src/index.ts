export {
  aptRepository,
  autoRegister,
  epcSweep,
  epcUpdates,
  hssProxy,
  metricsSubmit,
  remsimRegister,
  repositoryResign,
  rolloutSweep,
  tenantAdmin,
} from "./functions.ts";
