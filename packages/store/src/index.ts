export * from "./documents.ts";
export * from "./firebase.ts";
export * from "./people.ts";
export * from "./signingKeys.ts";
export * from "./store.ts";
export * from "./subscriberKeys.ts";
export * from "./vault.ts";
