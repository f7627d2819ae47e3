import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeRemsimServer } from "./remsimServer.ts";

let server: FakeRemsimServer;
beforeEach(async () => {
  server = await new FakeRemsimServer({ acknowledgeMs: 10 }).start();
});
afterEach(() => server.stop());

async function call(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const reply = await fetch(`${server.restUrl}/api/backend/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: text }),
  });
  const answer = await reply.text();
  return [reply.status, answer === "" ? "" : JSON.parse(answer)];
}
const map = (bankId: number, bankSlot: number, clientId: number, clientSlot: number) => ({
  bank: { bankId, slotNr: bankSlot },
  client: { clientId, slotNr: clientSlot },
});
const post = (...numbers: [number, number, number, number]) => call("POST", "/slotmaps", map(...numbers));
const active = (what: string) => vi.waitFor(() => expect(server.maps()).toContain(`${what} ACTIVE`));

it("lists what is there as the real one does", async () => {
  server.connectBank(1, 60);
  server.connectClient(1, 17, "vm-slot0");
  await post(1, 5, 1, 17);
  await active("1:5 C1:17");
  expect(await call("GET", "/slotmaps")).toEqual([200, { slotmaps: [{ ...map(1, 5, 1, 17), state: "ACTIVE" }] }]);
  const bankd = { type_: "remsimBankd", name: "remsim-bankd", software: "remsim-bankd", swVersion: "1.1.0" };
  const bank = { peer: "B1", state: "CONNECTED_BANKD", component_id: bankd, bankId: 1, numberOfSlots: 60 };
  expect(await call("GET", "/banks")).toEqual([200, { banks: [bank] }]);
  const [, clients] = await call("GET", "/clients");
  expect(clients).toMatchObject({ clients: [{ peer: "C1:17", state: "CONNECTED_CLIENT" }] });
});

it("answers for one bank or one client as oddly as the real one", async () => {
  server.connectBank(1);
  server.connectClient(4, 2);
  expect(await call("GET", "/banks/1")).toMatchObject([200, { bankId: 1 }]);
  expect(await call("GET", "/banks/2")).toEqual([200, ""]);
  expect(await call("GET", "/clients/4")).toEqual([200, ""]);
  expect(await call("GET", "/clients/0")).toMatchObject([200, { peer: "C4:2" }]);
});

it("keeps maps 1:1, and takes numbers from 0 to 1023", async () => {
  expect(await post(0, 1023, 1023, 0)).toEqual([201, ""]);
  expect(await post(0, 1023, 5, 5)).toEqual([400, ""]);
  expect(await post(9, 9, 1023, 0)).toEqual([400, ""]);
  expect(await post(1024, 1, 6, 6)).toEqual([400, ""]);
  expect(await post(1, 1, 6, -1)).toEqual([400, ""]);
  expect(await call("POST", "/slotmaps", "{")).toEqual([400, ""]);
  expect(await call("POST", "/slotmaps", { bank: { bankId: 1, slotNr: 1 } })).toEqual([400, ""]);
  expect(server.maps()).toEqual(["0:1023 C1023:0 NEW"]);
});

it("deletes by the number of the bank slot, and at once", async () => {
  await post(2, 3, 1, 1);
  expect(await call("DELETE", `/slotmaps/${2 * 65_536 + 4}`)).toEqual([404, ""]);
  expect(await call("DELETE", `/slotmaps/${2 * 65_536 + 3}`)).toEqual([200, ""]);
  expect(server.maps()).toEqual([]);
  expect(await post(2, 3, 1, 1)).toEqual([201, ""]);
});

it("has a map wait for its bankd, and moves a client that stays connected", async () => {
  server.connectClient(1, 1);
  await post(1, 5, 1, 1);
  expect(server.maps()).toEqual(["1:5 C1:1 NEW"]);
  expect(server.cardOf(1, 1)).toBeUndefined();
  server.connectBank(1);
  await active("1:5 C1:1");
  expect(server.cardOf(1, 1)).toBe("1:5");
  await call("DELETE", `/slotmaps/${65_536 + 5}`);
  await post(1, 6, 1, 1);
  await active("1:6 C1:1");
  expect(server.cardOf(1, 1)).toBe("1:6");
  server.disconnectBank(1);
  expect(server.maps()).toEqual(["1:6 C1:1 NEW"]);
  expect(server.leaked).toEqual([]);
});

it("leaks a map that is deleted before it is acknowledged", async () => {
  await server.stop();
  server = await new FakeRemsimServer({ acknowledgeMs: 60_000 }).start();
  server.connectBank(1);
  await post(1, 5, 1, 1);
  await vi.waitFor(() => expect(server.maps()).toEqual(["1:5 C1:1 UNACKNOWLEDGED"]));
  await call("DELETE", `/slotmaps/${65_536 + 5}`);
  expect(server.leaked).toEqual(["1:5"]);
});

it("forgets every map at a restart, and everybody when it goes away", async () => {
  server.connectBank(1);
  await post(1, 5, 1, 1);
  server.restart();
  expect(server.maps()).toEqual([]);
  expect(await call("GET", "/banks")).toMatchObject([200, { banks: [{ bankId: 1 }] }]);
  const { restUrl } = server;
  await server.stop();
  await expect(call("GET", "/banks")).rejects.toThrow();
  await server.start();
  expect(server.restUrl).toBe(restUrl);
  expect(await call("GET", "/banks")).toEqual([200, { banks: [] }]);
});
