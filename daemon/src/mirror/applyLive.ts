import { SubscriberLive } from "@wisptools/core";
import { plmnOctets } from "../plmnOctets.ts";
import type { MirrorEvents, Registration, Registrations } from "../records.ts";
import { type Applier, tenantAndId } from "./cloudApplier.ts";
import { EquipmentSeen } from "./equipmentSeen.ts";
import type { MirrorInside } from "./openMirror.ts";

/** Live states of subscribers: where other daemons registered them. What comes back of our own changes nothing. */
export function liveApplier(
  { environment }: MirrorInside,
  registrations: Registrations,
  events: MirrorEvents,
): Applier {
  const changed: string[] = [];
  const superseded: Registration[] = [];
  const equipment = new EquipmentSeen(environment);
  return {
    name: "subscribersLive",
    source: { collection: "subscribers", group: true, field: "live.updatedAt" },
    apply: ({ path, data, at }) => {
      const { tenantId, id: imsi } = tenantAndId(path);
      const live = SubscriberLive.parse(data.live);
      if (live.imei !== undefined) equipment.learn(imsi, live.imei, live.softwareVersion, Math.floor(at / 1000));
      const known = registrations.get(imsi);
      const next = nextRegistration(tenantId, imsi, live, known);
      if (next === known) return undefined;
      void (next ? registrations.put(next) : registrations.remove(imsi));
      changed.push(imsi);
      if (known && next && known.mme !== next.mme && !known.purged) superseded.push(known);
      return undefined;
    },
    // Where subscribers are registered has no tombstones: it goes with the subscriber.
    keys: () => [],
    remove: () => {},
    tell: () => {
      if (changed.length > 0) events.registrationsChanged(changed.splice(0), superseded.splice(0));
    },
  };
}

/** The registration that holds now: `known` itself when the live state says nothing newer. */
function nextRegistration(
  tenantId: string,
  imsi: string,
  live: SubscriberLive,
  known: Registration | undefined,
): Registration | undefined {
  const at = live.registeredAt?.getTime();
  if (at === undefined) return known;
  if (live.state === "detached") return known && known.at <= at ? undefined : known;
  const { mme, mmeRealm, visitedPlmn } = live;
  if (!mme || !mmeRealm || !visitedPlmn || (known && known.at > at)) return known;
  const purged = live.state === "purged";
  if (known && known.mme === mme && known.at === at) return known.purged === purged ? known : { ...known, purged };
  return {
    ...{ imsi, tenantId, mme, mmeRealm, at, purged },
    visitedPlmn: plmnOctets(visitedPlmn).toString("hex"),
    ratType: live.ratType ?? 1004,
    // What that MME was sent is for its own daemon to know.
    sent: "",
    ...(live.epcId === undefined ? {} : { epcId: live.epcId }),
    ...(live.imei === undefined ? {} : { imei: live.imei }),
    ...(live.softwareVersion === undefined ? {} : { softwareVersion: live.softwareVersion }),
  };
}
