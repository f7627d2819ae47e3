import { type LiveList, liveList } from "../../../data/live.svelte.ts";
import { type RemsimClientRow, remsimSources } from "../../../data/remsimSources.ts";
import { type Filter, filtered } from "./filter.ts";

export interface Rows {
  /** What the filter leaves of what is known. */
  readonly found: readonly RemsimClientRow[];
  readonly all: LiveList<RemsimClientRow>;
  readonly loading: boolean;
  /** There may be more than what is shown. */
  readonly cut: boolean;
}

/**
 * The rows of the list, live, for as long as the calling component lives: one listener on all clients while they fit, which makes
 * searching immediate; beyond that the beginning of a name, or a state, is asked of the database.
 */
export function liveRows(tenantId: () => string, filter: () => Filter, typed: () => string): Rows {
  const all = liveList(() => remsimSources.remsimClients(tenantId()));
  const asks = $derived(all.full && (typed() !== "" || (filter().state !== "" && filter().state !== "clash")));
  const asked = liveList(() => {
    if (!asks) return undefined;
    return typed()
      ? remsimSources.remsimClientsBeginning(tenantId(), typed())
      : remsimSources.remsimClientsInState(tenantId(), filter().state);
  });
  const list = $derived(asks ? asked : all);
  const found = $derived(filtered(list.items, filter()));
  return {
    all,
    get found() {
      return found;
    },
    get loading() {
      return list.status === "idle" || list.status === "loading";
    },
    get cut() {
      return list.full;
    },
  };
}
