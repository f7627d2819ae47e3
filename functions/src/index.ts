export {
  aptRepository,
  autoRegister,
  epcSweep,
  epcUpdates,
  hssProxy,
  metricsSubmit,
  tenantAdmin,
} from "./functions.ts";
