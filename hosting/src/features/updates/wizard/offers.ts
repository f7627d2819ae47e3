import { compareVersions } from "@wisptools/core/domain/apt/version";

/** A package that a channel has, with its versions, newest first. */
export interface Offer {
  name: string;
  summary: string;
  versions: string[];
}

/** What a rollout may choose from, by name. */
export function offers(held: readonly { name: string; version: string; summary: string }[]): Offer[] {
  const found = new Map<string, Offer>();
  for (const { name, version, summary } of held) {
    const offer = found.get(name);
    if (!offer) found.set(name, { name, summary, versions: [version] });
    else if (!offer.versions.includes(version)) {
      offer.versions.push(version);
      offer.versions.sort((a, b) => compareVersions(b, a));
      if (offer.versions[0] === version) offer.summary = summary;
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Fleet {
  state: string;
  siteName: string;
  tags: readonly string[];
  settings: { channel?: string | undefined };
  packages?: Readonly<Record<string, string>> | undefined;
}

/** Those that a rollout of the channel may mean. */
export function following<T extends Fleet>(epcs: readonly T[], channel: string): T[] {
  return epcs.filter((epc) => epc.state !== "retired" && (epc.settings.channel ?? "stable") === channel);
}

/** Versions in use by package name, newest first. */
export function installedVersions(epcs: readonly Fleet[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const epc of epcs)
    for (const [name, version] of Object.entries(epc.packages ?? {}))
      if (version) found.set(name, (found.get(name) ?? new Set()).add(version));
  const names = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(names.map(([name, versions]) => [name, [...versions].sort((a, b) => compareVersions(b, a))]));
}
