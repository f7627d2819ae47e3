export * from "./command.ts";
export * from "./ids.ts";
export * from "./policy.ts";
