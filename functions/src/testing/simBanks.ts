// Banks with cards, pools and routers' logins as documents: what assignments start from.
import { randomBytes } from "node:crypto";
import {
  bankSlotId,
  type KiPool,
  KiPoolId,
  paths,
  REMSIM_DEFAULTS,
  type RemsimCredential,
  RemsimServerId,
  type RemsimSettings,
  type SimBank,
  type SimSlot,
  type TenantId,
} from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { sha256 } from "../operations/secrets.ts";
import { call, type Reply } from "./client.ts";
import type { World } from "./world.ts";

export const SERVER = RemsimServerId.parse("site");
const LONG_AGO = new Date("2026-01-01T00:00:00Z");

export interface BankWish extends Partial<SimBank> {
  bankId: number;
  /** Slots 1 to this have a card. */
  cards: number;
  mccMnc?: string;
  /** What is different about a slot. */
  slot?: (slotId: number) => Partial<SimSlot>;
}

export async function makeBank(deps: Deps, tenantId: TenantId, wish: BankWish): Promise<void> {
  const { cards, mccMnc = "310410", slot: changed, ...changes } = wish;
  const { bankId } = wish;
  const bank: SimBank = {
    schemaVersion: 1,
    id: String(bankId),
    tenantId,
    label: `bank ${bankId}`,
    serverId: SERVER,
    serverHost: "10.0.0.5",
    serverPort: 9998,
    regions: [],
    slots: cards,
    enabled: true,
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
    ...changes,
  };
  const write = deps.store.write().put(paths.simBank(tenantId, bankId), bank);
  for (let slotId = 1; slotId <= cards; slotId++) {
    const slot = { ...slotWithCard(tenantId, bankId, slotId, mccMnc), ...changed?.(slotId) };
    write.put(paths.simSlot(tenantId, bankId, slotId), slot);
  }
  await write.commit();
}

function slotWithCard(tenantId: TenantId, bankId: number, slotId: number, mccMnc: string): SimSlot {
  return {
    schemaVersion: 1,
    id: bankSlotId({ bankId, slotId }),
    tenantId,
    bankId,
    slotId,
    iccid: `8988211${String(bankId).padStart(6, "0")}${String(slotId).padStart(6, "0")}`,
    imsi: `${mccMnc}${String(bankId * 1000 + slotId).padStart(15 - mccMnc.length, "0")}`,
    mccMnc,
    mcc: mccMnc.slice(0, 3),
    carrier: `carrier ${mccMnc}`,
    state: "available",
    poolId: null,
    client: null,
    profiles: 0,
    // Lower slots are free for longer.
    availableAt: new Date(LONG_AGO.getTime() + slotId * 1000),
    updatedAt: LONG_AGO,
  };
}

export const poolId = (n: number) => KiPoolId.parse(`kp_${n.toString(16).padStart(16, "0")}`);

/** A pool over all cards of a bank, which is made with it. */
export async function makePool(
  deps: Deps,
  tenantId: TenantId,
  bank: BankWish,
  changes: Partial<KiPool> = {},
): Promise<KiPool> {
  const id = poolId(bank.bankId);
  const slot = (slotId: number) => ({ poolId: id, ...bank.slot?.(slotId) });
  await makeBank(deps, tenantId, { ...bank, slot });
  const pool: KiPool = {
    id,
    name: `pool ${bank.bankId}`,
    enabled: true,
    bankId: bank.bankId,
    firstSlot: 1,
    lastSlot: bank.cards,
    profilesPerSlot: 10,
    maxProfiles: 6000,
    ...changes,
  };
  const before = (await deps.store.remsimSettings.get(tenantId))?.data.pools ?? [];
  await putSettings(deps, tenantId, { pools: [...before.filter((one) => one.id !== id), pool] });
  return pool;
}

export async function putSettings(deps: Deps, tenantId: TenantId, changes: Partial<RemsimSettings>): Promise<void> {
  const before = (await deps.store.remsimSettings.get(tenantId))?.data ?? REMSIM_DEFAULTS;
  const settings: RemsimSettings = { schemaVersion: 1, tenantId, ...before, updatedAt: LONG_AGO, ...changes };
  await deps.store.write().put(paths.remsimSettings(tenantId), settings).commit();
}

export interface Login {
  /** Of its credential. */
  id: string;
  name: string;
  headers: Record<string, string>;
}

/** What a tenant's routers send by HTTP Basic. */
export async function makeLogin(
  deps: Deps,
  tenantId: TenantId,
  changes: Partial<RemsimCredential> = {},
): Promise<Login> {
  const login = `r${randomBytes(6).toString("hex")}`;
  const sent = `${login}:${randomBytes(16).toString("hex")}`;
  const id = sha256(sent);
  const credential: RemsimCredential = {
    schemaVersion: 1,
    id,
    tenantId,
    login,
    label: "test",
    region: null,
    createdAt: LONG_AGO,
    createdBy: "test",
    lastUsedAt: deps.now(),
    ...changes,
  };
  await deps.store.write().create(paths.remsimCredential(tenantId, id), credential).commit();
  return { id, name: login, headers: { authorization: `Basic ${Buffer.from(sent).toString("base64")}` } };
}

/** A router's start, with the bytes that osmo-remsim-client sends. */
export function registerRouter(
  { url }: Pick<World, "url">,
  login: Login,
  clientId: string,
  { mode = "ONE_TO_ONE_SWSIM", mccMnc = "", tenant = 0, address = "", router = "" } = {},
): Promise<Reply> {
  const body = `{"client_id":"${clientId}","mapping_mode":"${mode}","mcc_mnc":"${mccMnc}","tenant_id":${tenant}}`;
  const from: Record<string, string> = address ? { "x-forwarded-for": `${address}, 10.9.9.9` } : {};
  const said: Record<string, string> = router ? { "x-wisptools-router-address": router } : {};
  return call(url, "POST", "/api/backend/v1/remsim/register-client", body, { ...login.headers, ...from, ...said });
}

export async function unregisterRouter({ url }: Pick<World, "url">, login: Login, clientId: string): Promise<Reply> {
  return call(url, "DELETE", `/api/backend/v1/remsim/unregister/${clientId}`, undefined, login.headers);
}
