import { lookup } from "node:dns/promises";
import { isLoopback, isPublicAddress } from "@wisptools/core";
import { hostAddresses } from "./hostAddresses.ts";

/** Where deliveries may go. Explicit, so that tests and the local stack can have receivers on this machine. */
export interface WebhookReach {
  /** Every address that a connection is about to be made to is asked about here. */
  mayReach(address: string): boolean;
  /** All addresses of a host name. */
  resolve(hostname: string): Promise<string[]>;
  /** Plain HTTP and any port too. */
  local: boolean;
  /** PEM certificate of the authority to trust instead of the public ones. */
  authority?: string;
}

/** The public internet, over HTTPS. */
export const publicReach: WebhookReach = { mayReach: isPublicAddress, resolve: hostAddresses(), local: false };

/** As this machine knows names, by its hosts file too. */
const resolve = async (hostname: string) => (await lookup(hostname, { all: true })).map(({ address }) => address);

/** That, and this machine: for the emulators. */
export const localReach: WebhookReach = {
  mayReach: (address) => isPublicAddress(address) || isLoopback(address),
  resolve,
  local: true,
};

/**
 * What a project's webhooks may reach. `local`: WISPTOOLS_WEBHOOKS_LOCAL, which the local stack sets; anywhere else it would open the
 * platform's inside to tenants, and is refused.
 */
export function reachOf(projectId: string, local: string | undefined): WebhookReach {
  if (!local) return publicReach;
  if (!projectId.startsWith("demo-"))
    throw new Error("WISPTOOLS_WEBHOOKS_LOCAL is for the emulators: it lets webhooks reach this machine");
  return localReach;
}
