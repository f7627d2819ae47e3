import { AppError, type ChannelName, type ExactPackage, type TenantId } from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { type ChannelPackages, channelPackages } from "../repository/channelPackages.ts";

interface Wanted {
  name: string;
  version: string;
}

/** What a channel gives its devices now. Throws `failed-precondition` when nothing was published to it. */
export async function contentOf(deps: Deps, tenantId: TenantId, channel: ChannelName): Promise<ChannelPackages> {
  const content = await channelPackages(deps, tenantId, channel);
  if (content) return content;
  throw new AppError("failed-precondition", `channel: nothing was published to ${channel}`, { field: "channel" });
}

/** The wanted versions with the hashes they have in a channel. Throws `invalid-argument` with the field of one that it does not have. */
export function exactPackages(
  content: ChannelPackages,
  channel: ChannelName,
  wanted: readonly Wanted[],
): ExactPackage[] {
  return wanted.map((one, n) => {
    const field = `packages.${n}`;
    if (wanted.findIndex(({ name }) => name === one.name) !== n) {
      throw new AppError("invalid-argument", `${field}: ${one.name} is there twice`, { field });
    }
    const found = exactly(content.packages, one);
    if (!found) {
      throw new AppError("invalid-argument", `${field}: ${channel} has no ${one.name} ${one.version}`, { field });
    }
    return found;
  });
}

/** One version by its contents: an architecture each. Undefined when there is none of it. */
export function exactly(
  packages: readonly { name: string; version: string; sha256: string }[],
  { name, version }: Wanted,
): ExactPackage | undefined {
  const hashes = packages.filter((one) => one.name === name && one.version === version).map((one) => one.sha256);
  const [sha256, ...otherSha256] = new Set(hashes);
  if (!sha256) return undefined;
  return { name, version, sha256, ...(otherSha256.length > 0 ? { otherSha256 } : {}) };
}
