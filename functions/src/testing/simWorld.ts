// Banks and cards of remote SIM for tests.
import { randomBytes, randomInt } from "node:crypto";
import { type BankSlot, passesLuhn, paths, RemsimServerId, type SimSlot } from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { clientKeyOf } from "../operations/remsim/clientIdentity.ts";
import { putRemsimServer } from "../operations/remsim/servers.ts";
import type { TestTenant } from "./world.ts";

let serial = randomInt(900_000) * 1000;

/** A card that nobody has: its ICCID with the check digit, and its IMSI. */
export function newCard(mccMnc = "310410"): { iccid: string; imsi: string; mcc_mnc: string } {
  const digits = String(++serial).padStart(9, "0");
  const stem = `890141000${digits}`;
  const iccid = Array.from({ length: 10 }, (_, digit) => `${stem}${digit}`).find(passesLuhn) as string;
  return { iccid, imsi: mccMnc + digits.padStart(15 - mccMnc.length, "0"), mcc_mnc: mccMnc };
}

/** An osmo-remsim-server that all tenants may use, so that bank numbers of other test files are free. */
export async function makeServer(deps: Deps, tenant: TestTenant, tenants: TestTenant[] = []): Promise<RemsimServerId> {
  const id = RemsimServerId.parse(`s${randomBytes(6).toString("hex")}`);
  const fields = { label: "Test", host: "127.0.0.1", port: 9998, rest_url: "http://127.0.0.1:9997" };
  const caller = { person: tenant.owner, requestId: "test" };
  await putRemsimServer(deps, caller, id, { ...fields, tenants: tenants.map((one) => one.id) });
  return id;
}

/** Lets a client hold a slot, as far as its document tells. */
export async function hold(deps: Deps, tenant: TestTenant, { bankId, slotId }: BankSlot): Promise<void> {
  const client = { key: clientKeyOf("test", "roof-slot0"), clientId: "roof-slot0" };
  await setSlot(deps, tenant, { bankId, slotId }, { client, profiles: 1, state: "assigned" });
}

/** Changes a slot's document. */
export async function setSlot(deps: Deps, tenant: TestTenant, slot: BankSlot, fields: Partial<SimSlot>): Promise<void> {
  await deps.store
    .write()
    .patch(paths.simSlot(tenant.id, slot.bankId, slot.slotId), fields)
    .commit();
}
