import type { Tenant } from "@wisptools/core/documents/tenant";

/** Where Open5GS comes from, for people. */
export function coreSourceName({ coreSource }: Tenant): string {
  return coreSource.uri === "repository" ? "the tenant’s own repository" : coreSource.uri;
}

/** Whether the tenant's boxes know where to get Open5GS. New tenants begin with a name that can't exist (RFC 2606). */
export function hasCoreSource(tenant: Tenant): boolean {
  const host = /^https?:\/\/([^/:]+)/.exec(tenant.coreSource.uri)?.[1];
  return host === undefined || !host.endsWith(".invalid");
}
