import type { Group } from "@wisptools/core/documents/subscription";
import type { Catalogue } from "@wisptools/core/domain/subscription/profile";
import type { ListSource } from "../../../data/source.ts";
import { type SubscriberRow, subscriberSources } from "../../../data/subscriberSources.ts";
import { effectivePlanId } from "../shared/origins.ts";

/** What the list is narrowed to; as it stands in the URL. */
export interface Filter {
  /** The beginning of an IMSI, an MSISDN or a label. */
  q: string;
  status: string;
  /** The plan that holds, be it the subscriber's own or its group's. */
  plan: string;
  group: string;
}

export function readFilter(params: URLSearchParams): Filter {
  const param = (name: string) => params.get(name) ?? "";
  return { q: param("q"), status: param("status"), plan: param("plan"), group: param("group") };
}

export const isEmpty = (filter: Filter): boolean => Object.values(filter).every((value) => value.trim() === "");

const digitsOf = (q: string) => q.replace(/[\s+-]/g, "");

function matches(row: SubscriberRow, q: string): boolean {
  if (row.label.toLowerCase().startsWith(q.toLowerCase())) return true;
  const digits = digitsOf(q);
  return /^\d+$/.test(digits) && (row.imsi.startsWith(digits) || (row.msisdn?.startsWith(digits) ?? false));
}

export function filtered(
  rows: readonly SubscriberRow[],
  filter: Filter,
  catalogue: Pick<Catalogue, "group">,
): SubscriberRow[] {
  const q = filter.q.trim();
  return rows.filter(
    (row) =>
      (!filter.status || row.status === filter.status) &&
      (!filter.group || row.groupId === filter.group) &&
      (!filter.plan || effectivePlanId(row, catalogue) === filter.plan) &&
      (!q || matches(row, q)),
  );
}

/** What to ask the database for when the tenant has more than one listener shows. `filtered` does the rest. */
export function searches(
  tenantId: string,
  filter: Filter,
  groups: readonly Pick<Group, "id" | "planId">[],
): ListSource<SubscriberRow>[] {
  const q = filter.q.trim();
  if (q) {
    const digits = digitsOf(q);
    const numbers = /^\d+$/.test(digits)
      ? [subscriberSources.subscribersByImsi(tenantId, digits), subscriberSources.subscribersByMsisdn(tenantId, digits)]
      : [];
    return [...numbers, subscriberSources.subscribersByLabel(tenantId, q)];
  }
  if (filter.group) return [subscriberSources.subscribersOf(tenantId, "groupId", filter.group)];
  if (filter.plan) {
    const inheriting = groups.filter((group) => group.planId === filter.plan);
    return [
      subscriberSources.subscribersOf(tenantId, "planId", filter.plan),
      ...inheriting.map((group) => subscriberSources.subscribersOf(tenantId, "groupId", group.id)),
    ];
  }
  return filter.status ? [subscriberSources.subscribersOf(tenantId, "status", filter.status)] : [];
}

/** Several answers as one list, each subscriber once, in IMSI order. */
export function merged(lists: readonly (readonly SubscriberRow[])[]): SubscriberRow[] {
  const byImsi = new Map(lists.flat().map((row) => [row.imsi as string, row]));
  return [...byImsi.values()].sort((a, b) => (a.imsi < b.imsi ? -1 : 1));
}
