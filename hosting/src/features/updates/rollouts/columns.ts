import type { Rollout } from "@wisptools/core/documents/rollout";
import type { Column } from "../../../ui/table.ts";

export const COLUMNS: readonly Column<Rollout>[] = [
  { key: "state", label: "State", width: 152 },
  { key: "name", label: "Name", width: 200, grow: true },
  { key: "channel", label: "Channel", width: 80 },
  { key: "progress", label: "Progress", width: 176 },
  { key: "devices", label: "EPCs", width: 66, align: "end" },
  { key: "failed", label: "Failed", width: 66, align: "end" },
  { key: "started", label: "Started", width: 126 },
  { key: "by", label: "By", width: 132 },
];
