import type { RemsimClientRow } from "../../../data/remsimSources.ts";
import { byNumber, byText, type Column } from "../../../ui/table.ts";
import { mainSignal, tpduRate } from "../shared/life.ts";
import type { CLIENT_STATES } from "../shared/words.ts";

/** What needs somebody comes first. */
const URGENCY = ["disconnected", "registered", "connected", "released"] satisfies typeof CLIENT_STATES;

export const COLUMNS: readonly Column<RemsimClientRow>[] = [
  {
    key: "state",
    label: "State",
    width: 128,
    order: byNumber((one) => (one.clashAt ? -1 : URGENCY.indexOf(one.state))),
  },
  { key: "client", label: "Client", width: 170, grow: true, order: byText((one) => one.clientId) },
  {
    key: "sign",
    label: "Last sign",
    width: 100,
    order: byNumber((one) => -Math.max(one.heartbeatAt?.getTime() ?? 0, one.registeredAt.getTime())),
  },
  {
    key: "card",
    label: "Card",
    width: 160,
    order: byText((one) => `${one.assignment?.carrier ?? ""} ${one.assignment?.iccid ?? ""}`),
  },
  {
    key: "slot",
    label: "Slot",
    width: 78,
    order: byNumber((one) =>
      one.assignment ? one.assignment.slot.bankId * 1024 + one.assignment.slot.slotId : undefined,
    ),
  },
  { key: "map", label: "Server map", width: 124 },
  { key: "signal", label: "Signal", width: 84, align: "end", order: byNumber((one) => mainSignal(one.samples)?.value) },
  { key: "tpdus", label: "TPDU/min", width: 84, align: "end", order: byNumber((one) => tpduRate(one.samples)) },
  { key: "login", label: "Login", width: 88, order: byText((one) => one.credentialName) },
];
