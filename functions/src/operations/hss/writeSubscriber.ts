import {
  type HssProfile,
  type Imsi,
  paths,
  type Subscriber,
  type SubscriberSettings,
  sameValue,
  type TenantId,
} from "@wisptools/core";
import { type Changes, type Stored, serverTime, type Write } from "@wisptools/store";

export interface NewSubscriber {
  tenantId: TenantId;
  imsi: Imsi;
  settings: SubscriberSettings;
  /** As sealSubscriberKeys made them. */
  keys: string;
  sqnOffset: number;
  imported?: Subscriber["imported"];
}

/** Adds a subscriber to a write: its claim on the IMSI, what members read, what daemons mirror. */
export function addSubscriber(write: Write, fresh: NewSubscriber, now: Date): Subscriber {
  const { tenantId, imsi, settings, keys, sqnOffset, imported } = fresh;
  const subscriber: Subscriber = {
    ...settings,
    schemaVersion: 1,
    imsi,
    tenantId,
    revision: 1,
    keysChangedAt: now,
    createdAt: now,
    updatedAt: now,
    ...(imported ? { imported } : {}),
  };
  const profile: HssProfile = {
    ...settings,
    schemaVersion: 1,
    imsi,
    tenantId,
    keys,
    sqnOffset,
    updatedAt: serverTime(),
    deleted: false,
  };
  write.create(paths.imsi(imsi), { schemaVersion: 1, tenantId });
  write.create(paths.subscriber(tenantId, imsi), subscriber);
  write.put(paths.hssProfile(tenantId, imsi), profile); // over the tombstone of one deleted lately
  return subscriber;
}

/** Every field that an operator sets; what the new settings lack is taken away. */
const FIELDS = [
  "msisdn",
  "iccid",
  "label",
  "status",
  "planId",
  "groupId",
  "apnIds",
  "staticAddresses",
  "roaming",
  "deniedRats",
  "imei",
  "algorithm",
  "amf",
] as const satisfies (keyof SubscriberSettings)[];

/** Changes a subscriber as it was read, and its mirrored profile. `keys`: sealed new ones, if they change. */
export function changeSubscriber(
  write: Write,
  stored: Stored<Subscriber>,
  settings: SubscriberSettings,
  facts: { now: Date; keys: string | undefined; imported?: Subscriber["imported"] },
): Subscriber {
  const { tenantId, imsi, revision } = stored.data;
  const { now, keys, imported } = facts;
  const changes: Changes<SubscriberSettings> = Object.fromEntries(
    changedFields(stored.data, settings).map((field) => [field, settings[field]]),
  );
  const kept = {
    revision: revision + 1,
    updatedAt: now,
    ...(keys === undefined ? {} : { keysChangedAt: now }),
    ...(imported ? { imported } : {}),
  };
  write.update(stored, { ...changes, ...kept });
  write.patch(paths.hssProfile(tenantId, imsi), {
    ...changes,
    ...(keys === undefined ? {} : { keys }),
    updatedAt: serverTime(),
  });
  return { ...rest(stored.data), ...settings, ...kept };
}

/** The settings that differ. */
export function changedFields(before: SubscriberSettings, after: SubscriberSettings): (keyof SubscriberSettings)[] {
  return FIELDS.filter((field) => !sameValue(before[field], after[field]));
}

/** The subscriber without what an operator sets. */
function rest(subscriber: Subscriber): Omit<Subscriber, (typeof FIELDS)[number]> {
  const kept: Partial<Subscriber> = { ...subscriber };
  for (const field of FIELDS) delete kept[field];
  return kept as Omit<Subscriber, (typeof FIELDS)[number]>;
}
