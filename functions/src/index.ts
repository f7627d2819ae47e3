export {
  aptRepository,
  autoRegister,
  epcSweep,
  epcUpdates,
  hssProxy,
  metricsSubmit,
  repositoryResign,
  rolloutSweep,
  tenantAdmin,
} from "./functions.ts";
