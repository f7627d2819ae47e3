import { compareVersions } from "@wisptools/core/domain/apt/version";
import { byNumber, byText, type Column } from "../../../ui/table.ts";
import type { PoolEntry } from "../shared/pool.ts";

export const COLUMNS: readonly Column<PoolEntry>[] = [
  { key: "name", label: "Name", width: 210, order: byText((entry) => entry.name) },
  {
    key: "version",
    label: "Newest version",
    width: 170,
    order: (a, b) => compareVersions(a.newest.version, b.newest.version),
  },
  {
    key: "versions",
    label: "Versions",
    width: 84,
    align: "end",
    order: byNumber((entry) => entry.versions),
  },
  { key: "architectures", label: "For", width: 110 },
  { key: "summary", label: "Description", width: 180, grow: true },
  { key: "size", label: "Size", width: 92, align: "end", order: byNumber((entry) => entry.newest.size) },
  // The newest first is the ascending order of an age.
  { key: "uploaded", label: "Uploaded", width: 110, order: byNumber((entry) => -entry.uploadedAt.getTime()) },
];
