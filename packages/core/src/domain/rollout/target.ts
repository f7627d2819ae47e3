import type { Epc } from "../../documents/epc.ts";
import { type ChannelName, DEFAULT_CHANNEL } from "../apt/ids.ts";
import type { RolloutTarget } from "./strategy.ts";

/** What decides whether an EPC is meant. */
export type Targeted = Pick<Epc, "id" | "siteName" | "tags" | "state" | "settings" | "packages">;

/** Whether a rollout of this channel is for this EPC: every filter that is present fits, and it follows the channel. A retired one never. */
export function matchesTarget(target: RolloutTarget, channel: ChannelName, epc: Targeted): boolean {
  const { epcIds, tags, sites, installed } = target;
  if (epc.state === "retired" || channelOf(epc) !== channel) return false;
  if (epcIds && !epcIds.includes(epc.id)) return false;
  if (tags && !tags.some((tag) => epc.tags.includes(tag))) return false;
  if (sites && !sites.includes(epc.siteName)) return false;
  return !installed || installed.versions.includes(epc.packages?.[installed.name] ?? "");
}

/** The channel an EPC follows. */
export function channelOf(epc: Pick<Epc, "settings">): ChannelName {
  return epc.settings.channel ?? DEFAULT_CHANNEL;
}

/** Whether an EPC has all of these already, as it last reported. */
export function hasAll(
  installed: Readonly<Record<string, string>> | undefined,
  packages: readonly { name: string; version: string }[],
): boolean {
  return packages.every(({ name, version }) => installed?.[name] === version);
}
