import type { api, SubscriberKeyInput, SubscriberSettings } from "@wisptools/core";

type Nullable<T> = { [K in keyof T]?: T[K] | null | undefined };

/** What a request says of a subscriber: absent leaves as is, null takes away, so that the group's holds. */
export type SubscriberInput = Nullable<SubscriberSettings> & {
  keys?: SubscriberKeyInput | undefined;
};

type Body = Omit<typeof api.updateSubscriber.body._zod.output, "revision">;

/** A request's body in the words of the documents. */
export function inputOf(body: Body): SubscriberInput {
  const { plan_id, group_id, apn_ids, static_addresses, denied_rats, ...alike } = body;
  return {
    ...alike,
    planId: plan_id,
    groupId: group_id,
    apnIds: apn_ids,
    staticAddresses: static_addresses,
    deniedRats: denied_rats,
  };
}
