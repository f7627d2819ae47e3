import type { SubscriberRow } from "../../../data/subscriberSources.ts";
import { byNumber, byText, type Column } from "../../../ui/table.ts";
import { lookOf } from "../shared/words.ts";

export const COLUMNS: readonly Column<SubscriberRow>[] = [
  { key: "state", label: "State", width: 112, order: byText((row) => lookOf(row).word) },
  { key: "imsi", label: "IMSI", width: 162, order: byText((row) => row.imsi) },
  { key: "label", label: "Label", width: 150, grow: true, order: byText((row) => row.label) },
  { key: "msisdn", label: "MSISDN", width: 132, order: byText((row) => row.msisdn ?? "") },
  { key: "plan", label: "Plan", width: 96 },
  { key: "group", label: "Group", width: 90 },
  // The newest first is the ascending order of an age.
  {
    key: "authenticated",
    label: "Authenticated",
    width: 114,
    order: byNumber((row) => -(row.live?.lastAuthenticationAt?.getTime() ?? Number.NEGATIVE_INFINITY)),
  },
  { key: "address", label: "Address", width: 108 },
];
