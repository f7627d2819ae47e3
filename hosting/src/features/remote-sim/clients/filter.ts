import type { RemsimClientState } from "@wisptools/core/documents/remsim";
import type { RemsimClientRow } from "../../../data/remsimSources.ts";
import { CLIENT_STATES } from "../shared/words.ts";

export interface Filter {
  q: string;
  /** `clash`: those whose name two routers use. */
  state: RemsimClientState | "clash" | "";
  bank: string;
}

export function readFilter(query: URLSearchParams): Filter {
  const state = query.get("state") ?? "";
  return {
    q: (query.get("q") ?? "").trim().toLowerCase(),
    state: state === "clash" ? state : (CLIENT_STATES.find((one) => one === state) ?? ""),
    bank: query.get("bank") ?? "",
  };
}

export const inState = (client: RemsimClientRow, state: Filter["state"]): boolean =>
  state === "" || (state === "clash" ? client.clashAt !== null : client.state === state);

/** Clients whose name, card, login or address holds what is searched for. */
export function filtered(clients: readonly RemsimClientRow[], { q, state, bank }: Filter): RemsimClientRow[] {
  return clients.filter((client) => {
    if (!inState(client, state)) return false;
    const card = client.assignment;
    if (bank && String(card?.slot.bankId) !== bank) return false;
    const words = [client.clientId, client.credentialName, client.address, card?.iccid, card?.imsi, card?.carrier];
    return !q || words.some((word) => word?.toLowerCase().includes(q));
  });
}
