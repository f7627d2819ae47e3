import type { EpcState } from "@wisptools/core/domain/epcState";
import type { FleetEpc } from "../../data/sources.ts";

/** What the fleet is narrowed to; as it stands in the URL. */
export interface Filter {
  /** Words, all of which must occur somewhere in what identifies the EPC. */
  q: string;
  states: readonly string[];
  /** All of them must be there. */
  tags: readonly string[];
}

export function readFilter(params: URLSearchParams): Filter {
  const list = (name: string) => (params.get(name) ?? "").split(",").filter(Boolean);
  return { q: params.get("q") ?? "", states: list("state"), tags: list("tag") };
}

function haystack(epc: FleetEpc): string {
  const { hardware, network } = epc;
  return [
    epc.siteName,
    epc.id,
    hardware.hostname,
    hardware.serialNumber,
    hardware.macAddress,
    hardware.product,
    network.primaryIp,
    epc.versions.open5gs,
    ...epc.tags,
  ]
    .join("\n")
    .toLowerCase();
}

/** Retired EPCs show only when asked for by state: they are history, not fleet. */
export function filtered(fleet: readonly FleetEpc[], filter: Filter): readonly FleetEpc[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return fleet.filter((epc) => {
    const inState = filter.states.length > 0 ? filter.states.includes(epc.state) : epc.state !== "retired";
    if (!inState || !filter.tags.every((tag) => epc.tags.includes(tag))) return false;
    if (words.length === 0) return true;
    const text = haystack(epc);
    return words.every((word) => text.includes(word));
  });
}

export function countStates(fleet: readonly FleetEpc[]): Map<EpcState, number> {
  const counts = new Map<EpcState, number>();
  for (const { state } of fleet) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** A comma list with one entry more or less. */
export function toggled(list: readonly string[], entry: string): string {
  return (list.includes(entry) ? list.filter((one) => one !== entry) : [...list, entry]).join();
}
