// What a test's daemon is told of one tenant's banks and maps, without a cloud.
import { paths, SlotMap } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Desired } from "../desired.ts";
import { mapDocument, SERVER } from "./remsimWorld.ts";

export const TENANT = "tenant_keeper";
const VERSION = {} as Stored<unknown>["version"];

export function apply(
  desired: Desired,
  what: "banks" | "maps",
  documents: [path: string, data: object][],
): Promise<void> {
  const changed = documents.map(([path, data]) => ({ path, data, version: VERSION }));
  return desired[what].sink().apply(changed, new Set(changed.map(({ path }) => path)), false);
}

/** Bank 1 alone. */
export function haveBank(desired: Desired): Promise<void> {
  const bank = { tenantId: TENANT, bankId: 1, label: "One", serverId: SERVER, createdAt: new Date() };
  return apply(desired, "banks", [[paths.simBank(TENANT, 1), bank]]);
}

/** What shall be there, as `client bank`. */
export function want(desired: Desired, ...wishes: string[]): Promise<void> {
  const documents = wishes.map((wish): [string, SlotMap] => {
    const [client = "", bank = ""] = wish.split(" ");
    const document = SlotMap.parse(mapDocument(TENANT, client, bank));
    return [paths.slotMap(TENANT, document.id), document];
  });
  return apply(desired, "maps", documents);
}
