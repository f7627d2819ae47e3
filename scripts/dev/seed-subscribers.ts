// What the demo tenants' HSS, PCRF and EIR serve. The keys are those of the fixed demo world: public, for SIM simulators.
import {
  type ApnProfile,
  type EirEntry,
  type Group,
  Imsi,
  type Plan,
  PlanSettings,
  paths,
  SubscriberSettings,
  type TenantId,
} from "@wisptools/core";
import { sealSubscriberKeys, serverTime } from "@wisptools/store";
import type { Deps } from "../../functions/src/deps.ts";
import { addSubscriber } from "../../functions/src/operations/hss/writeSubscriber.ts";

const KEYS = { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" };
const MEGABIT = 1_000_000;

export interface DemoSubscribers {
  tenantId: TenantId;
  /** MCC and MNC, with which each IMSI begins. */
  network: string;
  active: number;
  suspended: number;
  /** First digits of their numbers. */
  msisdn: string;
}

/** Plans, a group, APNs, equipment lists and subscribers of a demo tenant, in two writes. */
export async function seedSubscribers(deps: Deps, demo: DemoSubscribers): Promise<void> {
  const { tenantId } = demo;
  const kek = await deps.store.subscriberKeys.keyEncryptionKey(tenantId);
  if (!kek) throw new Error(`${tenantId} has no key for subscribers' keys`);
  const write = deps.store.write();
  for (const plan of plansOf(deps, tenantId)) write.create(paths.plan(tenantId, plan.id), plan);
  for (const apn of apnsOf(deps, tenantId)) write.create(paths.apnProfile(tenantId, apn.id), apn);
  for (const entry of equipmentOf(deps, tenantId)) write.create(paths.eirEntry(tenantId, entry.id), entry);
  const group: Group = {
    ...common(deps, tenantId, "business"),
    name: "Business",
    description: "Fixed sites of companies",
    planId: "silver",
    apnIds: ["internet"],
    roaming: { allowed: "none" },
  };
  write.create(paths.group(tenantId, group.id), group);
  await write.commit();
  const subscribers = deps.store.write();
  for (let n = 1; n <= demo.active + demo.suspended; n++) {
    const imsi = Imsi.parse(demo.network + String(n).padStart(15 - demo.network.length, "0"));
    const keys = sealSubscriberKeys(kek, tenantId, imsi, KEYS);
    addSubscriber(subscribers, { tenantId, imsi, settings: settingsOf(demo, n), keys, sqnOffset: 0 }, deps.now());
  }
  kek.fill(0);
  await subscribers.commit();
}

function settingsOf(demo: DemoSubscribers, n: number): SubscriberSettings {
  return SubscriberSettings.parse({
    msisdn: demo.msisdn + String(n).padStart(4, "0"),
    label: `Demo subscriber ${n}`,
    status: n <= demo.active ? "active" : "suspended",
    planId: "gold",
    apnIds: ["internet"],
    staticAddresses: {},
    algorithm: "milenage",
    amf: "8000",
    ...(n > 40 ? { groupId: "business" } : {}),
  });
}

function common(deps: Deps, tenantId: TenantId, id: string) {
  const now = deps.now();
  return {
    schemaVersion: 1 as const,
    id,
    tenantId,
    revision: 1,
    createdAt: now,
    updatedAt: serverTime(),
    deleted: false,
  };
}

function plansOf(deps: Deps, tenantId: TenantId): Plan[] {
  const plan = (id: string, name: string, down: number, up: number, extra: Partial<PlanSettings> = {}): Plan => ({
    ...common(deps, tenantId, id),
    ...PlanSettings.parse({
      name,
      description: `${down}/${up} Mbit/s`,
      rates: { downlink: down * MEGABIT, uplink: up * MEGABIT },
      qci: 9,
      arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
      rules: [],
      ...extra,
    }),
  });
  const throttled = { downlink: 2 * MEGABIT, uplink: MEGABIT };
  return [
    plan("gold", "Gold", 100, 50),
    plan("silver", "Silver", 50, 20),
    plan("bronze", "Bronze", 20, 5, { quota: { period: "month", octets: 200_000_000_000, throttle: throttled } }),
  ];
}

/** Beside `internet`, which every tenant begins with. */
function apnsOf(deps: Deps, tenantId: TenantId): ApnProfile[] {
  return [
    { ...common(deps, tenantId, "ims"), apn: "ims", pdnType: "ipv4v6", qci: 5 },
    { ...common(deps, tenantId, "management"), apn: "mgmt", pdnType: "ipv4" },
  ];
}

function equipmentOf(deps: Deps, tenantId: TenantId): EirEntry[] {
  return [
    {
      ...common(deps, tenantId, "imei-490154203237518"),
      subject: { kind: "imei", imei: "490154203237518" },
      list: "black",
      reason: "Reported stolen",
    },
    {
      ...common(deps, tenantId, "tac-35000000-35000099"),
      subject: { kind: "tac", from: "35000000", to: "35000099" },
      list: "grey",
      reason: "Firmware to be updated",
    },
  ];
}
