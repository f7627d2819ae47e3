import type { SubscriberRow } from "../../../data/subscriberSources.ts";
import { byNumber, byText, type Column } from "../../../ui/table.ts";
import { lookOf } from "../shared/words.ts";

export const COLUMNS: readonly Column<SubscriberRow>[] = [
  { key: "state", label: "State", width: 124, order: byText((row) => lookOf(row).word) },
  { key: "imsi", label: "IMSI", width: 150, order: byText((row) => row.imsi) },
  { key: "label", label: "Label", width: 140, grow: true, order: byText((row) => row.label) },
  { key: "msisdn", label: "MSISDN", width: 124, order: byText((row) => row.msisdn ?? "") },
  { key: "plan", label: "Plan", width: 120 },
  { key: "group", label: "Group", width: 120 },
  // The newest first is the ascending order of an age.
  {
    key: "authenticated",
    label: "Authenticated",
    width: 128,
    order: byNumber((row) => -(row.live?.lastAuthenticationAt?.getTime() ?? Number.NEGATIVE_INFINITY)),
  },
  { key: "address", label: "Address", width: 130 },
];
