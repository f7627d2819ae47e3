import { LiveList } from "../../../data/live.svelte.ts";
import { type SubscriberRow, subscriberSources } from "../../../data/subscriberSources.ts";
import type { LiveCatalogue } from "../shared/catalogue.svelte.ts";
import { type Filter, filtered, isEmpty, merged, searches } from "./filter.ts";

/** How long somebody may pause in a word before the database is asked. */
const TYPING_MS = 250;

export interface Rows {
  /** What the filter leaves of what is known. */
  readonly found: readonly SubscriberRow[];
  readonly all: LiveList<SubscriberRow>;
  readonly loading: boolean;
  /** There may be more than what is shown. */
  readonly cut: boolean;
}

/**
 * The rows of the list, live, for as long as the calling component lives: one listener on all subscribers while they fit, which
 * makes searching immediate; beyond that the filter is asked of the database.
 */
export function liveRows(tenantId: () => string, filter: () => Filter, catalogue: LiveCatalogue): Rows {
  const all = new LiveList<SubscriberRow>();
  let asked = $state.raw<readonly LiveList<SubscriberRow>[]>([]);
  $effect(() => {
    const close = all.open(subscriberSources.subscribers(tenantId()));
    return () => {
      close();
      all.clear();
    };
  });
  const wanted = $derived(all.full ? JSON.stringify(filter()) : "");
  $effect(() => {
    if (!wanted || isEmpty(JSON.parse(wanted) as Filter)) {
      asked = [];
      return;
    }
    const closers: (() => void)[] = [];
    const timer = setTimeout(() => {
      const sources = searches(tenantId(), JSON.parse(wanted) as Filter, catalogue.groups.items);
      const lists = sources.map(() => new LiveList<SubscriberRow>());
      for (const [i, list] of lists.entries()) {
        const source = sources[i];
        if (source) closers.push(list.open(source));
      }
      asked = lists;
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      for (const close of closers) close();
    };
  });
  const isLoading = (list: LiveList<SubscriberRow>) => list.status === "idle" || list.status === "loading";
  const found = $derived(
    filtered(asked.length > 0 ? merged(asked.map((list) => list.items)) : all.items, filter(), catalogue),
  );
  return {
    all,
    get found() {
      return found;
    },
    get loading() {
      return isLoading(all) || (found.length === 0 && asked.some(isLoading));
    },
    get cut() {
      return asked.length > 0 ? asked.some((list) => list.full) : all.full;
    },
  };
}
