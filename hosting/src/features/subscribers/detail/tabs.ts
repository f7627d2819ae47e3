import type { Subscriber } from "@wisptools/core/documents/subscription";
import type { Component } from "svelte";
import type { LiveCatalogue } from "../shared/catalogue.svelte.ts";

/** What every tab is given: the subscriber as it is now. */
export interface TabProps {
  subscriber: Subscriber;
  catalogue: LiveCatalogue;
}

export interface Tab {
  /** As in the path; the first tab has none. */
  path: string;
  label: string;
  /** Only for those who may change subscribers. */
  manage?: boolean;
  load: () => Promise<{ default: Component<TabProps> }>;
}

export const tabs: readonly Tab[] = [
  { path: "", label: "Overview", load: () => import("./OverviewTab.svelte") },
  { path: "activity", label: "Activity", load: () => import("./ActivityTab.svelte") },
  { path: "sessions", label: "Sessions", load: () => import("./SessionsTab.svelte") },
  { path: "equipment", label: "Equipment", load: () => import("./EquipmentTab.svelte") },
  { path: "settings", label: "Settings", load: () => import("./SettingsTab.svelte") },
  { path: "keys", label: "Keys", manage: true, load: () => import("./KeysTab.svelte") },
];
