// What remote-SIM tests need around the page: a server of the platform, cards of a network that no other run has, routers that call.
import { passesLuhn } from "@wisptools/core/domain/imsi";
import { expect } from "vitest";
import { call, type Reply } from "../../functions/src/testing/client.ts";
import { api, url, WISP } from "./browser.ts";

const API = "/api/backend/v1";
/** The demo tenant's, as operators address it. */
export const remsim = (path: string): string => `${API}${path}?tenant_id=${WISP}`;

const run = Date.now() % 1e7;
let last = run * 100;

/** MCC and MNC of no other run: its clients find its cards alone. */
export const NETWORK = `9${String(run % 1e5).padStart(5, "0")}`;

/** MCC and MNC of one try of a test, and of no run: what else that try's clients could get is its own. */
export const freshNetwork = (): string => `8${String(++last % 1e5).padStart(5, "0")}`;

/** A valid ICCID that no other run has, and an IMSI beside it. */
export function freshCard(network = NETWORK): { iccid: string; imsi: string } {
  const digits = `8999${String(++last).padStart(14, "0")}`;
  const check = [..."0123456789"].find((one) => passesLuhn(digits + one)) ?? "";
  return { iccid: digits + check, imsi: `${network}${String(last % 1e9).padStart(9, "0")}` };
}

/** A bank's number that the tenant does not have. */
export async function freshBank(): Promise<number> {
  const { body } = await api("engineer@wisp123.test", "GET", remsim("/simbank/banks"));
  const taken = new Set(body.banks.map((one: { bank_id: number }) => one.bank_id));
  const free = Array.from({ length: 900 }, (_, i) => 100 + i).filter((one) => !taken.has(one));
  return free[Math.floor(Math.random() * free.length)] ?? 1023;
}

/** A server that this run's banks stand on. */
export async function freshServer(): Promise<string> {
  const id = `srv-${(++last).toString(36)}`;
  const body = { label: `Server ${id}`, host: "10.0.0.9", port: 9998, rest_url: "http://10.0.0.9:9997" };
  await api("admin@platform.test", "PUT", `${API}/simbank/servers/${id}`, body);
  return id;
}

export interface Login {
  login: string;
  secret: string;
}

/** A call as routers make it: HTTP Basic, nothing else. */
export function asRouter({ login, secret }: Login, method: string, path: string, body?: unknown): Promise<Reply> {
  const basic = Buffer.from(`${login}:${secret}`).toString("base64");
  return call(url, method, `${API}${path}`, body, { authorization: `Basic ${basic}` });
}

export async function registerRouter(login: Login, clientId: string, more: object = {}): Promise<Reply["body"]> {
  const asked = { client_id: clientId, mapping_mode: "ONE_TO_ONE_SWSIM", mcc_mnc: NETWORK, ...more };
  const reply = await asRouter(login, "POST", "/remsim/register-client", asked);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body;
}

export async function beat(login: Login, clientId: string, more: object = {}): Promise<Reply["body"]> {
  const reply = await asRouter(login, "POST", "/remsim/heartbeat", {
    client_id: clientId,
    status: "connected",
    ...more,
  });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body;
}

export async function freshLogin(): Promise<Login> {
  const login = `r${(++last).toString(36)}`;
  const made = await api("owner@wisp123.test", "POST", remsim("/simbank/credentials"), {
    login,
    label: "Test routers",
  });
  return { login, secret: made.body.secret };
}

/** A bank of this many slots with cards of a network in the first ones, by the API. */
export async function freshCards(server: string, slots: number, cards: number, network = NETWORK): Promise<number> {
  const bank = await freshBank();
  const body = { bank_id: bank, label: "Test bank", server_id: server, slots };
  await api("engineer@wisp123.test", "POST", remsim("/simbank/banks"), body);
  const rows = Array.from({ length: cards }, (_, i) => {
    const { iccid, imsi } = freshCard(network);
    return `${iccid},${imsi},${network},Test Mobile,${bank},${i + 1}`;
  });
  const csv = ["iccid,imsi,mcc_mnc,carrier,bank_id,slot_id", ...rows].join("\n");
  await api("engineer@wisp123.test", "POST", remsim("/simbank/cards/import"), { csv });
  return bank;
}
