export * from "./common.ts";
export * from "./endpoint.ts";
export * from "./enrolment.ts";
export * from "./epcs.ts";
export * from "./hss.ts";
export * from "./metrics.ts";
export * from "./subscribers.ts";
export * from "./tenants.ts";
