import type { RemsimClient } from "../../documents/remsimClient.ts";
import { isClash } from "./isClash.ts";

/** In which a daemon's edge says from which address a router called it: to the function, every router of an edge comes from the edge. */
export const ROUTER_ADDRESS_HEADER = "x-wisptools-router-address";

/**
 * Where a client is taken to be after a heartbeat from `address` ("": unknown), so that a router whose address changed may register from there.
 * It follows the instance that spoke last, and one that was never seen unless another spoke just now from elsewhere; not one that
 * comes again after another, nor one without a name beside one that has one: that may be a second router.
 */
export function addressAfter(
  client: RemsimClient,
  instanceId: string | undefined,
  address: string,
  now: Date,
): RemsimClient["address"] {
  if (address === "") return client.address;
  if ((instanceId ?? null) === client.instanceId) return address;
  if (instanceId === undefined || client.previousInstanceIds?.includes(instanceId)) return client.address;
  return isClash(client, address, now) ? client.address : address;
}
