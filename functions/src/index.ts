export {
  aptRepository,
  autoRegister,
  epcSweep,
  epcUpdates,
  hssProxy,
  metricsSubmit,
  repositoryResign,
  tenantAdmin,
} from "./functions.ts";
