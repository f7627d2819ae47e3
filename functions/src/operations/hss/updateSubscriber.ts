import { type Imsi, SubscriberSettings as Settings, type Subscriber, type SubscriberSettings } from "@wisptools/core";
import { type Stored, sealSubscriberKeys, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { type Origin, originText, type SubscriberDesk } from "./createSubscriber.ts";
import { checkRevision } from "./revision.ts";
import { settleSubscriber } from "./settleSubscriber.ts";
import type { SubscriberInput } from "./subscriberInput.ts";
import { TenantCatalogue } from "./tenantCatalogue.ts";
import { withTenantKey } from "./tenantKey.ts";
import { changedFields, changeSubscriber } from "./writeSubscriber.ts";

/** Changes a subscriber; daemons hear of it at once. Nothing is written, and no revision made, when nothing changes. */
export async function updateSubscriber(
  deps: Deps,
  caller: MemberCaller,
  imsi: Imsi,
  input: SubscriberInput,
  revision: number | undefined,
): Promise<Subscriber> {
  const catalogue = new TenantCatalogue(deps, caller.tenantId);
  const change = (kek?: Buffer) =>
    untilUncontended(async () => {
      const stored = await deps.store.subscribers.need("subscriber", caller.tenantId, imsi);
      checkRevision("this subscriber", stored.data.revision, revision);
      return alter({ deps, caller, catalogue }, stored, input, kek);
    });
  return input.keys ? withTenantKey(deps, caller.tenantId, change) : change();
}

/** Changes a subscriber as it was read, whole or not at all. `kek` is needed for new keys. */
export async function alter(
  desk: Pick<SubscriberDesk, "deps" | "caller" | "catalogue">,
  stored: Stored<Subscriber>,
  input: SubscriberInput,
  kek: Buffer | undefined,
  origin?: Origin,
): Promise<Subscriber> {
  const { deps, caller, catalogue } = desk;
  const before = settingsOf(stored.data);
  const settings = await settleSubscriber(catalogue, before, input);
  const changed: string[] = changedFields(before, settings);
  if (changed.length === 0 && !input.keys) return stored.data;
  const { imsi } = stored.data;
  const keys = input.keys && kek ? sealSubscriberKeys(kek, caller.tenantId, imsi, input.keys) : undefined;
  const write = deps.store.write();
  const subscriber = changeSubscriber(write, stored, settings, {
    now: deps.now(),
    keys,
    ...(origin ? { imported: { id: origin.importId, row: origin.row, effect: "updated" as const } } : {}),
  });
  audit(deps, write, caller.tenantId, caller, {
    action: "subscriber.update",
    target: imsi,
    summary: `changed ${words(changed, settings, keys !== undefined)}${originText(origin)}`,
  });
  await write.commit();
  return subscriber;
}

export function settingsOf(subscriber: Subscriber): SubscriberSettings {
  return Settings.parse(subscriber);
}

function words(changed: string[], settings: SubscriberSettings, keys: boolean): string {
  const named = changed.map((field) => (field === "status" ? `status to ${settings.status}` : field));
  return [...named, ...(keys ? ["keys"] : [])].join(", ");
}
