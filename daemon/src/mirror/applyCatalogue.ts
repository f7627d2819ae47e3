import { ApnProfile, DiameterPeer, EirEntry, Group, Plan } from "@wisptools/core";
import type { MirrorEvents } from "../records.ts";
import { type Applier, tenantAndId } from "./cloudApplier.ts";
import { equipmentKey } from "./equipment.ts";
import type { MirrorInside } from "./openMirror.ts";

const SCHEMAS = { plan: Plan, group: Group, apn: ApnProfile } as const;
const COLLECTIONS = { plan: "plans", group: "groups", apn: "apnProfiles" } as const;

/** Plans, groups or APN profiles of all tenants. */
export function catalogueApplier(inside: MirrorInside, kind: keyof typeof SCHEMAS, events: MirrorEvents): Applier {
  const { catalogue, profiles } = inside;
  const changed = new Set<string>();
  const collection = COLLECTIONS[kind];
  return {
    name: collection,
    source: { collection, group: true, field: "updatedAt" },
    apply: ({ path, data, at }) => {
      const { tenantId, id } = tenantAndId(path);
      const key = `${tenantId}/${id}`;
      if (data.deleted === true) {
        if (catalogue.remove(kind, key)) changed.add(tenantId);
        return undefined;
      }
      const entry = SCHEMAS[kind].parse(data);
      if (catalogue.put(kind, key, at, entry)) changed.add(tenantId);
      return key;
    },
    keys: () => catalogue.ids(kind),
    remove: (key) => {
      if (catalogue.remove(kind, key)) changed.add(key.slice(0, key.indexOf("/")));
    },
    tell: () => {
      if (changed.size > 0) profiles.catalogueChanged();
      for (const tenantId of changed) events.profilesChanged(tenantId, undefined);
      changed.clear();
    },
  };
}

/** Who may connect. */
export function peerApplier({ catalogue }: MirrorInside, events: MirrorEvents): Applier {
  let isChanged = false;
  const remove = (key: string): void => {
    isChanged = catalogue.remove("peer", key) || isChanged;
  };
  return {
    name: "diameterPeers",
    source: { collection: "diameterPeers", group: false, field: "updatedAt" },
    apply: ({ id, data, at }) => {
      const key = id.toLowerCase();
      if (data.deleted === true) {
        remove(key);
        return undefined;
      }
      const { originHost, tenantId, epcId, role, certificates, plainFrom } = DiameterPeer.parse(data);
      const peer = { originHost, tenantId, epcId, role, certificates, plainFrom };
      isChanged = catalogue.put("peer", key, at, peer) || isChanged;
      return key;
    },
    keys: () => catalogue.ids("peer"),
    remove,
    tell: () => {
      if (isChanged) events.peersChanged();
      isChanged = false;
    },
  };
}

/** Equipment lists of all tenants; asked for at each request, so nobody is told. */
export function equipmentApplier({ equipment, environment }: MirrorInside): Applier {
  return {
    name: "eirEntries",
    source: { collection: "eirEntries", group: true, field: "updatedAt" },
    apply: ({ path, data, at }) => {
      const { tenantId, id } = tenantAndId(path);
      if (data.deleted === true) {
        equipment.remove(equipmentKey(tenantId, subjectOf(id)));
        return undefined;
      }
      const { subject, list } = EirEntry.parse(data);
      equipment.put(tenantId, subject, list, at);
      return equipmentKey(tenantId, subject);
    },
    keys: () => environment.equipment.keys(),
    remove: (key) => equipment.remove(key),
    tell: () => {},
  };
}

/** A tombstone may hold nothing but its id. */
function subjectOf(id: string): EirEntry["subject"] {
  const [kind, first = "", second = ""] = id.split("-");
  return kind === "imei" ? { kind: "imei", imei: first } : { kind: "tac", from: first, to: second };
}
