import type { Registration } from "../records.ts";

/** Whether the MME of this name serves the subscriber; names of hosts have no case (RFC 6733 4.3.1). */
export function isAt({ mme }: Registration, originHost: string): boolean {
  return mme === originHost || mme.toLowerCase() === originHost.toLowerCase();
}
