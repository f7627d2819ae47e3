import { CSV_HEADER, csvRow, effectiveProfile, openFiveGsDocument, type Subscriber } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { settingsOf } from "./updateSubscriber.ts";

const PAGE = 500;

export interface Exported {
  text: string;
  next: string | undefined;
  /** Subscribers that cannot be written in the format. */
  leftOut: number;
}

/** A page of subscribers as CSV or as Open5GS documents, never with keys. The first page is written to the audit. */
export async function exportSubscribers(
  deps: Deps,
  caller: MemberCaller,
  format: "csv" | "open5gs",
  after: string | undefined,
): Promise<Exported> {
  const page = await deps.store.subscribers.page(caller.tenantId, PAGE, {}, undefined, after);
  if (after === undefined) {
    const write = deps.store.write();
    audit(deps, write, caller.tenantId, caller, {
      action: "subscribers.export",
      target: caller.tenantId,
      summary: `exported the subscribers as ${format}`,
    });
    await write.commit();
  }
  const lines = format === "csv" ? csvOf(page.items) : await documentsOf(deps, caller, page.items);
  const leftOut = page.items.length - lines.length;
  const all = format === "csv" && after === undefined ? [CSV_HEADER, ...lines] : lines;
  const end = format === "csv" ? "\r\n" : "\n";
  return { text: all.map((line) => line + end).join(""), next: page.next, leftOut };
}

function csvOf(subscribers: readonly Subscriber[]): string[] {
  return subscribers.map((one) => csvRow(one.imsi, settingsOf(one)));
}

async function documentsOf(
  deps: Deps,
  { tenantId }: MemberCaller,
  subscribers: readonly Subscriber[],
): Promise<string[]> {
  const { plans, groups, apnProfiles } = deps.store;
  const [allPlans, allGroups, allApns] = await Promise.all([
    plans.all(tenantId),
    groups.all(tenantId),
    apnProfiles.all(tenantId),
  ]);
  const catalogue = { plan: finder(allPlans), group: finder(allGroups), apn: finder(allApns) };
  return subscribers.flatMap((one) => {
    const found = effectiveProfile(settingsOf(one), catalogue);
    return "profile" in found ? [JSON.stringify(openFiveGsDocument(one.imsi, found.profile))] : [];
  });
}

function finder<T extends { id: string }>(all: readonly T[]): (id: string) => T | undefined {
  const byId = new Map(all.map((one) => [one.id, one]));
  return (id) => byId.get(id);
}
