export * from "./openFiveGs.ts";
export * from "./openFiveGsDocument.ts";
export * from "./planFault.ts";
export * from "./profile.ts";
export * from "./qos.ts";
export * from "./settings.ts";
