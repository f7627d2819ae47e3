import { compareVersions } from "@wisptools/core/domain/apt/version";
import type { PackageRow } from "../../../data/updateSources.ts";

/** All versions of one package name. */
export interface PoolEntry {
  name: string;
  newest: PackageRow;
  versions: number;
  architectures: string[];
  size: number;
  uploadedAt: Date;
}

/** Newest version first; of one version, by architecture. */
export function newestFirst<T extends { version: string; architecture: string }>(rows: readonly T[]): T[] {
  return [...rows].sort(
    (a, b) => compareVersions(b.version, a.version) || a.architecture.localeCompare(b.architecture),
  );
}

/** The pool by name, each name with its newest version. */
export function byName(rows: readonly PackageRow[]): PoolEntry[] {
  const names = new Map<string, PackageRow[]>();
  for (const row of rows) names.set(row.name, [...(names.get(row.name) ?? []), row]);
  return [...names].map(([name, all]) => {
    const [newest] = newestFirst(all) as [PackageRow];
    return {
      name,
      newest,
      versions: new Set(all.map((one) => one.version)).size,
      architectures: [...new Set(all.map((one) => one.architecture))].sort(),
      size: all.reduce((sum, one) => sum + one.size, 0),
      uploadedAt: new Date(Math.max(...all.map((one) => one.uploadedAt.getTime()))),
    };
  });
}
