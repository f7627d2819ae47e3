export * from "./profile.ts";
export * from "./qos.ts";
export * from "./settings.ts";
