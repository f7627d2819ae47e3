import { Resolver } from "node:dns/promises";

/** For one query to one name server, ms. */
const TIMEOUT_MS = 2_000;

/**
 * Looks host names up in the DNS, by sockets of its own. The system's look-up would wait in libuv's few threads, where a tenant's slow name server
 * holds up everybody's deliveries, and knows names of this machine besides. `servers`: instead of the system's.
 * @returns all IPv4 and IPv6 addresses of a name. @throws ENOTFOUND when there is none, or no answer
 */
export function hostAddresses(servers?: readonly string[]): (hostname: string) => Promise<string[]> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  if (servers) resolver.setServers(servers);
  return async (hostname) => {
    const asked = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = asked.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    if (addresses.length > 0) return addresses;
    throw Object.assign(new Error(`${hostname} was not found`), { code: "ENOTFOUND" });
  };
}
