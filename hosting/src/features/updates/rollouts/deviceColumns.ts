import type { RolloutDevice } from "@wisptools/core/documents/rollout";
import { byNumber, byText, type Column } from "../../../ui/table.ts";
import { DEVICE_ORDER } from "../shared/words.ts";

const site = byText<RolloutDevice>((device) => device.siteName);
const state = byNumber<RolloutDevice>((device) => DEVICE_ORDER.indexOf(device.state));

export const DEVICE_COLUMNS: readonly Column<RolloutDevice>[] = [
  { key: "state", label: "State", width: 136, order: (a, b) => state(a, b) || site(a, b) },
  { key: "site", label: "Site", width: 170, order: site },
  {
    key: "group",
    label: "Group",
    width: 74,
    align: "end",
    order: (a, b) => a.group - b.group || site(a, b),
  },
  { key: "message", label: "Message", width: 220, grow: true },
  { key: "attempt", label: "Attempt", width: 80, align: "end", order: byNumber((device) => device.attempt) },
  // The newest first is the ascending order of an age.
  { key: "updated", label: "Changed", width: 100, order: byNumber((device) => -device.updatedAt.getTime()) },
];
