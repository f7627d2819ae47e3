export { autoRegister, epcSweep, metricsSubmit, tenantAdmin } from "./functions.ts";
