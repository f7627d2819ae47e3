// A client for the tests of its life.

import { RemsimClient } from "../../documents/remsimClient.ts";
import { TenantId } from "../ids.ts";

export const NOW = new Date("2026-03-01T12:00:00Z");
export const GRACE = 300;

/** Seconds from NOW. */
export function at(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

/** Registered at NOW and holding a card, unless told otherwise. */
export function client(fields: Partial<RemsimClient> = {}): RemsimClient {
  return RemsimClient.parse({
    schemaVersion: 1,
    key: "rc_0123456789abcdef01234567",
    tenantId: TenantId.parse("tenant_one"),
    clientId: "vm-slot0",
    credentialId: "login",
    credentialName: "north (North)",
    mode: "ONE_TO_ONE_SWSIM",
    mccMnc: "310410",
    region: null,
    profileId: "5f0c6c5e-8a0f-4c0e-9f5e-0d2f4b1f9a11",
    state: "registered",
    assignment: {
      slot: { bankId: 3, slotId: 17 },
      client: { bankId: 3, slotId: 17 },
      serverId: "main",
      endpoint: "10.0.0.5:9998",
      iccid: "8901260000000000017",
      imsi: "310410000000017",
      mccMnc: "310410",
      carrier: "Example",
      poolId: null,
      policyId: null,
      remap: true,
      since: NOW,
    },
    lastSlot: null,
    registeredAt: NOW,
    registrations: 1,
    address: "10.1.0.9",
    heartbeatAt: null,
    instanceId: null,
    clashAt: null,
    server: null,
    leaseUntil: at(GRACE),
    status: "",
    samples: [],
    modem: {},
    pendingCommands: [],
    configuration: { wanted: 0, applied: 0 },
    createdAt: NOW,
    updatedAt: NOW,
    ...fields,
  });
}
