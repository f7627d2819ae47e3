export { autoRegister, epcSweep, hssProxy, metricsSubmit, tenantAdmin } from "./functions.ts";
