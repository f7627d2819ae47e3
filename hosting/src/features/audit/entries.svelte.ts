import type { AuditEntry } from "@wisptools/core/documents/access";
import { untrack } from "svelte";
import { asApiError } from "../../data/apiError.ts";
import type { LiveList } from "../../data/live.svelte.ts";
import { AUDIT_PAGE, readOlderAudit } from "../../data/olderAudit.ts";

/** The audit log as far as it was looked at: the live end and the older pages. Entries never change, so all seen are kept. */
export class AuditEntries {
  #seen = $state.raw<ReadonlyMap<string, AuditEntry>>(new Map());
  busy = $state(false);
  problem = $state("");
  #ended = $state(false);
  /** Newest first. */
  list = $derived([...this.#seen.values()].sort((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1)));
  #live: LiveList<AuditEntry>;
  more = $derived.by(() => this.#live.full && !this.#ended);

  /** Created while a component is set up. */
  constructor(live: LiveList<AuditEntry>) {
    this.#live = live;
    $effect.pre(() => {
      const items = live.items;
      untrack(() => this.#add(items));
    });
  }

  async older(tenantId: string): Promise<void> {
    const oldest = this.list.at(-1);
    if (!oldest || this.busy) return;
    this.busy = true;
    this.problem = "";
    try {
      const page = await readOlderAudit(tenantId, oldest.at);
      this.#ended = page.length < AUDIT_PAGE;
      this.#add(page);
    } catch (error) {
      this.problem = asApiError(error).message;
    } finally {
      this.busy = false;
    }
  }

  #add(entries: readonly AuditEntry[]): void {
    if (entries.length > 0) this.#seen = new Map([...this.#seen, ...entries.map((one) => [one.id, one] as const)]);
  }
}

/** Whether every word of the search is somewhere in the entry. */
export function matchesWords(entry: AuditEntry, search: string): boolean {
  const text = `${entry.actorName} ${entry.actor} ${entry.action} ${entry.target} ${entry.summary}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
