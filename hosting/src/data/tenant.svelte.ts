import type { Claim } from "@wisptools/core/documents/epc";
import type { Tenant } from "@wisptools/core/documents/tenant";
import { may, type Permission, type Role } from "@wisptools/core/domain/roles";
import { createContext } from "svelte";
import { type LiveDocument, type LiveList, liveDocument, liveList } from "./live.svelte.ts";
import { session } from "./session.svelte.ts";
import { sources } from "./sources.ts";

/** The tenant that the page is about, and what the person may do there. */
export interface TenantContext {
  readonly id: string;
  readonly name: string;
  /** Undefined: not a member, or not known yet. */
  readonly role: Role | undefined;
  /** tenants/{id}, live. */
  readonly live: LiveDocument<Tenant>;
  /** Boxes that wait for approval, live; empty for those who may not decide. */
  readonly claims: LiveList<Claim>;
  may(permission: Permission): boolean;
}

const [getContext, setContext] = createContext<TenantContext>();

/** Inside any page below /t/{tenant}. */
export const getTenant = getContext;

/** Called by the shell: follows the tenant named by `id` and offers it to every component below. */
export function provideTenant(id: () => string): TenantContext {
  // Its value, not where it comes from: listeners stay open from page to page.
  const tenantId = $derived(id());
  const membership = $derived(session.memberships.find((one) => one.id === tenantId));
  const role = $derived(membership?.role);
  const allowed = (permission: Permission) => role !== undefined && may(role, permission);
  $effect(() => {
    if (membership) session.lastTenant = membership.id;
  });
  const live = liveDocument(() => (role ? sources.tenant(tenantId) : undefined));
  const claims = liveList(() => (allowed("claims.decide") ? sources.pendingClaims(tenantId) : undefined));
  const context: TenantContext = {
    get id() {
      return tenantId;
    },
    get name() {
      return live.value?.name ?? membership?.name ?? "";
    },
    get role() {
      return role;
    },
    live,
    claims,
    may: allowed,
  };
  return setContext(context);
}
