import type { MemberCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";

/** Boxes that wait, in id order. */
export async function listClaims(
  deps: Deps,
  caller: MemberCaller,
  query: { page_size: number; page_token?: string | undefined },
) {
  const page = await deps.store.claims.pendingPage(caller.tenantId, query.page_size, query.page_token);
  return {
    next: page.next,
    claims: page.items.map((claim) => ({
      claim_id: claim.id,
      code: claim.code,
      reason: claim.reason,
      site_name: claim.siteName,
      serial_number: claim.hardware.serialNumber ?? null,
      mac_address: claim.hardware.macAddress ?? null,
      first_seen_at: claim.firstSeenAt.toISOString(),
      last_seen_at: claim.lastSeenAt.toISOString(),
    })),
  };
}
