import CardSim from "@lucide/svelte/icons/card-sim";
import Inbox from "@lucide/svelte/icons/inbox";
import Package from "@lucide/svelte/icons/package";
import Router from "@lucide/svelte/icons/router";
import Server from "@lucide/svelte/icons/server";
import Settings from "@lucide/svelte/icons/settings";
import type { Permission } from "@wisptools/core/domain/roles";
import type { Component } from "svelte";

export interface Section {
  label: string;
  /** For the bottom bar of a phone. */
  short: string;
  /** Below /t/{tenant}. */
  path: string;
  /** Paths that begin so belong to the section. */
  prefix: string;
  /** `g` and this letter go there. */
  key: string;
  icon: Component<{ size?: number | string }>;
  permission: Permission;
}

/** The rail, top to bottom. A section is listed once it exists. */
export const sections: readonly Section[] = [
  { label: "Fleet", short: "Fleet", path: "/fleet", prefix: "/fleet", key: "f", icon: Server, permission: "epcs.read" },
  {
    label: "Subscribers",
    short: "Subscribers",
    path: "/subscribers",
    prefix: "/subscribers",
    key: "u",
    icon: CardSim,
    permission: "subscribers.read",
  },
  {
    label: "Remote SIM",
    short: "SIM",
    path: "/remote-sim",
    prefix: "/remote-sim",
    key: "r",
    icon: Router,
    permission: "remsim.read",
  },
  {
    label: "Updates",
    short: "Updates",
    path: "/updates",
    prefix: "/updates",
    key: "d",
    icon: Package,
    permission: "updates.read",
  },
  {
    label: "Pending boxes",
    short: "Pending",
    path: "/pending",
    prefix: "/pending",
    key: "p",
    icon: Inbox,
    permission: "claims.decide",
  },
  {
    label: "Settings",
    short: "Settings",
    path: "/settings/tenant",
    prefix: "/settings",
    key: "s",
    icon: Settings,
    permission: "epcs.read",
  },
];
