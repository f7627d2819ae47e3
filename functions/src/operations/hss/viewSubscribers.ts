import type { api, Imsi, Subscriber } from "@wisptools/core";
import type { SubscriberFilter } from "@wisptools/store";
import type { z } from "zod";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";

type View = z.infer<typeof api.SubscriberReply>;
type Query = typeof api.listSubscribers.query._zod.output;
interface Found {
  subscribers: View[];
  next: string | undefined;
}

/** Marks the page tokens of the second half of a search, where MSISDNs are looked through. */
const MSISDNS = "m";

export async function readSubscriber(deps: Deps, caller: MemberCaller, imsi: Imsi): Promise<View> {
  return viewOf((await deps.store.subscribers.need("subscriber", caller.tenantId, imsi)).data);
}

/** In IMSI order; of a search, first those whose IMSI begins so, then those whose MSISDN does, in MSISDN order. */
export async function listSubscribers(deps: Deps, caller: MemberCaller, query: Query): Promise<Found> {
  const { search, page_size: size, page_token: token } = query;
  const filter = { status: query.status, planId: query.plan_id, groupId: query.group_id };
  if (search?.startsWith("+")) return byMsisdn(deps, caller, filter, search.slice(1), size, token ?? MSISDNS);
  if (search && token?.startsWith(MSISDNS)) return byMsisdn(deps, caller, filter, search, size, token, search);
  const page = await deps.store.subscribers.page(caller.tenantId, size, filter, search, token);
  const subscribers = page.items.map(viewOf);
  if (page.next || !search) return { subscribers, next: page.next };
  if (subscribers.length === size) return { subscribers, next: MSISDNS };
  const rest = await byMsisdn(deps, caller, filter, search, size - subscribers.length, MSISDNS, search);
  return { subscribers: [...subscribers, ...rest.subscribers], next: rest.next };
}

async function byMsisdn(
  deps: Deps,
  caller: MemberCaller,
  filter: SubscriberFilter,
  prefix: string,
  size: number,
  token: string,
  shown?: string,
): Promise<Found> {
  const [, msisdn, imsi] = token.split("-");
  const after = msisdn && imsi ? { msisdn, imsi } : undefined;
  const found = await deps.store.subscribers.withMsisdn(caller.tenantId, size + 1, filter, prefix, after);
  const page = found.slice(0, size);
  const last = page.at(-1);
  return {
    subscribers: page.filter((one) => !shown || !one.imsi.startsWith(shown)).map(viewOf),
    next: found.length > size && last ? `${MSISDNS}-${last.msisdn}-${last.imsi}` : undefined,
  };
}

/** A subscriber as replies have it. */
export function viewOf(subscriber: Subscriber): View {
  return {
    imsi: subscriber.imsi,
    revision: subscriber.revision,
    msisdn: subscriber.msisdn ?? null,
    iccid: subscriber.iccid ?? null,
    label: subscriber.label,
    status: subscriber.status,
    plan_id: subscriber.planId ?? null,
    group_id: subscriber.groupId ?? null,
    apn_ids: subscriber.apnIds ?? null,
    static_addresses: subscriber.staticAddresses,
    roaming: subscriber.roaming ?? null,
    denied_rats: subscriber.deniedRats ?? null,
    imei: subscriber.imei ?? null,
    algorithm: subscriber.algorithm,
    amf: subscriber.amf,
    keys_changed_at: subscriber.keysChangedAt.toISOString(),
    live: subscriber.live ? liveOf(subscriber.live) : null,
    created_at: subscriber.createdAt.toISOString(),
    updated_at: subscriber.updatedAt.toISOString(),
  };
}

function liveOf(live: NonNullable<Subscriber["live"]>): NonNullable<View["live"]> {
  return {
    state: live.state,
    mme: live.mme ?? null,
    epc_id: live.epcId ?? null,
    registered_at: live.registeredAt?.toISOString() ?? null,
    last_authentication_at: live.lastAuthenticationAt?.toISOString() ?? null,
    imei: live.imei ?? null,
    sessions: live.sessions,
  };
}
