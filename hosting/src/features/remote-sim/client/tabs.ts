import type { RemsimClient, RemsimSettings, SlotMap } from "@wisptools/core/documents/remsim";
import type { Component } from "svelte";

/** What every tab is given: the client as it is now, and what it hangs together with. */
export interface TabProps {
  client: RemsimClient;
  map: SlotMap | undefined;
  settings: RemsimSettings | undefined;
}

export interface Tab {
  /** As in the path; the first tab has none. */
  path: string;
  label: string;
  load: () => Promise<{ default: Component<TabProps> }>;
}

export const tabs: readonly Tab[] = [
  { path: "", label: "Overview", load: () => import("./OverviewTab.svelte") },
  { path: "charts", label: "Charts", load: () => import("./ChartsTab.svelte") },
  { path: "commands", label: "Commands", load: () => import("./CommandsTab.svelte") },
  { path: "configuration", label: "Configuration", load: () => import("./ConfigurationTab.svelte") },
  { path: "logs", label: "Logs", load: () => import("./LogsTab.svelte") },
  { path: "events", label: "Events", load: () => import("./EventsTab.svelte") },
];
