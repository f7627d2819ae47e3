export * from "./ids.ts";
export * from "./strategy.ts";
