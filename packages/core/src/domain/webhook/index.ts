export * from "./address.ts";
export * from "./eventTypes.ts";
export * from "./ids.ts";
export * from "./message.ts";
export * from "./publicEvents.ts";
export * from "./retryPlan.ts";
export * from "./webhookUrl.ts";
