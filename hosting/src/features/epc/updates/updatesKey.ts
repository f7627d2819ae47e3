import type { Epc } from "@wisptools/core/documents/epc";

/** Changes when a box was told to update, took it up, or reported other versions; not with its minute reports. */
export function updatesKey(epc: Pick<Epc, "packages" | "pendingCommands">): string {
  const told = epc.pendingCommands.filter(({ request: { type } }) => type === "update");
  return JSON.stringify([Object.entries(epc.packages ?? {}).sort(), told.map(({ id, state }) => [id, state])]);
}
