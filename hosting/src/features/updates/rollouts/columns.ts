import type { Rollout } from "@wisptools/core/documents/rollout";
import type { Column } from "../../../ui/table.ts";

export const COLUMNS: readonly Column<Rollout>[] = [
  { key: "state", label: "State", width: 164 },
  { key: "name", label: "Name", width: 200, grow: true },
  { key: "channel", label: "Channel", width: 84 },
  { key: "progress", label: "Progress", width: 190 },
  { key: "devices", label: "EPCs", width: 70, align: "end" },
  { key: "failed", label: "Failed", width: 70, align: "end" },
  { key: "started", label: "Started", width: 110 },
  { key: "by", label: "By", width: 150 },
];
