import { plmnText } from "@wisptools/core/domain/plmn";
import type { FleetEpc } from "../../data/sources.ts";
import { STATE_ORDER } from "../../ui/states.ts";
import { byNumber, byText, type Column } from "../../ui/table.ts";

const seen = (epc: FleetEpc) => epc.lastSeenAt?.getTime();

export const COLUMNS: readonly Column<FleetEpc>[] = [
  { key: "state", label: "State", width: 148, order: byNumber((epc) => STATE_ORDER.indexOf(epc.state)) },
  { key: "site", label: "Site", width: 170, grow: true, order: byText((epc) => epc.siteName) },
  // The newest first is the ascending order of an age.
  { key: "seen", label: "Last seen", width: 130, order: byNumber((epc) => -(seen(epc) ?? Number.NEGATIVE_INFINITY)) },
  { key: "version", label: "Open5GS", width: 84, order: byText((epc) => epc.versions.open5gs ?? "") },
  { key: "agent", label: "Agent", width: 90, order: byText((epc) => epc.versions.agent ?? "") },
  { key: "sessions", label: "Sessions", width: 84, align: "end", order: byNumber((epc) => epc.latest?.sessions) },
  { key: "down", label: "Down", width: 98, align: "end", order: byNumber((epc) => epc.latest?.down) },
  { key: "up", label: "Up", width: 98, align: "end", order: byNumber((epc) => epc.latest?.up) },
  { key: "cpu", label: "CPU", width: 80, align: "end", order: byNumber((epc) => epc.latest?.cpu) },
  { key: "memory", label: "Memory", width: 88, align: "end", order: byNumber((epc) => epc.latest?.memory) },
  { key: "enbs", label: "eNodeBs", width: 92, align: "end", order: byNumber((epc) => epc.latest?.enbs) },
  { key: "plmn", label: "PLMN", width: 88, order: byText((epc) => plmnText(epc.plmn)) },
  { key: "tac", label: "TAC", width: 72, align: "end", order: byNumber((epc) => epc.tac) },
  { key: "address", label: "Address", width: 132, order: byText((epc) => epc.network.primaryIp ?? "") },
  { key: "serial", label: "Serial", width: 140, order: byText((epc) => epc.hardware.serialNumber ?? "") },
  { key: "id", label: "EPC id", width: 180, order: byText((epc) => epc.id) },
  { key: "tags", label: "Tags", width: 150, order: byText((epc) => epc.tags.join(" ")) },
];

export const DEFAULT_COLUMNS = ["state", "site", "seen", "version", "sessions", "down", "up", "tags"];

/** The columns a URL asks for, in table order; State and Site always stay. */
export function chosenColumns(param: string): readonly Column<FleetEpc>[] {
  const keys = new Set(param ? ["state", "site", ...param.split(",")] : DEFAULT_COLUMNS);
  return COLUMNS.filter((column) => keys.has(column.key));
}

/** The URL's word for `columns` with one more or one less. */
export function toggledColumn(param: string, key: string): string {
  const keys = new Set(chosenColumns(param).map((column) => column.key));
  if (!keys.delete(key)) keys.add(key);
  const next = COLUMNS.map((column) => column.key).filter((one) => keys.has(one));
  return next.join() === DEFAULT_COLUMNS.join() ? "" : next.join();
}
