import type { PackageId } from "@wisptools/core/domain/apt/ids";
import { compareVersions } from "@wisptools/core/domain/apt/version";

/** One package of a snapshot, as far as comparing needs it. */
export interface Held {
  package_id: string;
  name: string;
  version: string;
  architecture: string;
}

/** kept: the newest version stays, older ones beside it come or go. */
export type ChangeKind = "added" | "removed" | "upgraded" | "downgraded" | "kept";

/** What becomes of one package name on one architecture. */
export interface Change {
  key: string;
  name: string;
  architecture: string;
  kind: ChangeKind;
  /** The newest version before and after. */
  from: string | undefined;
  to: string | undefined;
  /** Versions that come and go, newest first. */
  gained: string[];
  lost: string[];
}

export const KINDS: readonly ChangeKind[] = ["removed", "downgraded", "upgraded", "added", "kept"];

/** A package id in its parts: none of them may hold an underscore. */
export function heldOf(id: PackageId | string): Held {
  const [name = "", version = "", architecture = ""] = id.split("_");
  return { package_id: id, name, version, architecture };
}

/** Versions by name and architecture, newest first. */
function versionsOf(list: readonly Held[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, version, architecture } of list) {
    const key = `${name}:${architecture}`;
    const versions = found.get(key);
    if (versions) versions.push(version);
    else found.set(key, [version]);
  }
  for (const versions of found.values()) versions.sort((a, b) => compareVersions(b, a));
  return found;
}

function kindOf(from: string | undefined, to: string | undefined): ChangeKind {
  if (from === undefined) return "added";
  if (to === undefined) return "removed";
  const order = compareVersions(to, from);
  if (order === 0) return "kept";
  return order > 0 ? "upgraded" : "downgraded";
}

/** What changes from one list of packages to another, by name; what stays is left out. */
export function diffOf(before: readonly Held[], after: readonly Held[]): Change[] {
  const [old, next] = [versionsOf(before), versionsOf(after)];
  const changes: Change[] = [];
  for (const key of new Set([...old.keys(), ...next.keys()])) {
    const [was, is] = [old.get(key) ?? [], next.get(key) ?? []];
    const gained = is.filter((version) => !was.includes(version));
    const lost = was.filter((version) => !is.includes(version));
    if (gained.length === 0 && lost.length === 0) continue;
    const [name = "", architecture = ""] = key.split(":");
    changes.push({ key, name, architecture, kind: kindOf(was[0], is[0]), from: was[0], to: is[0], gained, lost });
  }
  return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A list after packages were added to it and taken from it. */
export function edited<T extends Held>(list: readonly T[], add: readonly T[], remove: ReadonlySet<string>): T[] {
  const present = new Set(list.map((one) => one.package_id));
  return [...list, ...add.filter((one) => !present.has(one.package_id))].filter((one) => !remove.has(one.package_id));
}

const WORDS: Record<ChangeKind, string> = {
  removed: "removed",
  downgraded: "downgraded",
  upgraded: "upgraded",
  added: "added",
  kept: "with other old versions",
};

/** "1 removed, 2 upgraded"; "nothing" for no change. */
export function diffWords(changes: readonly Change[]): string {
  const parts = KINDS.map((kind) => [changes.filter((one) => one.kind === kind).length, WORDS[kind]] as const);
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return said.join(", ") || "nothing";
}
