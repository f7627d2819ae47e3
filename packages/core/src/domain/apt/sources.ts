import { AppError } from "../../errors.ts";
import type { TenantId } from "../ids.ts";
import { renderStanza } from "./deb822.ts";
import type { ChannelName } from "./ids.ts";
import { COMPONENT } from "./release.ts";

/** Where a device keeps the tenant's keyring; the deployment script writes it there. */
export const KEYRING_PATH = "/etc/apt/keyrings/wisptools.asc";

/** The tenant's repository as its devices reach it, with its last slash. `origin` is scheme, host and port. */
function repositoryUrl(origin: string, tenantId: TenantId): URL {
  const url = URL.parse("", origin);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new AppError("invalid-argument", "origin: must be an http or https origin", { field: "origin" });
  }
  return new URL(`/apt/${tenantId}/`, url);
}

/** The deb822 entry of a channel for /etc/apt/sources.list.d/*.sources (sources.list(5)). */
export function sourcesEntry(input: { origin: string; tenantId: TenantId; channel: ChannelName }): string {
  return renderStanza([
    ["Types", "deb"],
    ["URIs", repositoryUrl(input.origin, input.tenantId).href],
    ["Suites", input.channel],
    ["Components", COMPONENT],
    ["Signed-By", KEYRING_PATH],
  ]);
}

/**
 * A device's line for /etc/apt/auth.conf.d/*.conf (apt_auth.conf(5)), good for its tenant's repository only. The scheme is
 * spelled where it is http: without one, apt uses the line for https alone.
 */
export function authLine(input: { origin: string; tenantId: TenantId; login: string; password: string }): string {
  for (const field of ["login", "password"] as const) {
    if (!/^[!-~]{1,256}$/.test(input[field]))
      throw new AppError("invalid-argument", `${field}: must be one word`, { field });
  }
  const { protocol, host, pathname } = repositoryUrl(input.origin, input.tenantId);
  const machine = `${protocol === "http:" ? "http://" : ""}${host}${pathname}`;
  return `machine ${machine} login ${input.login} password ${input.password}\n`;
}
