import { createSocket, type Socket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { hostAddresses } from "./hostAddresses.ts";

const A = 1;
const AAAA = 28;
const NO_SUCH_NAME = 3;

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** Where its records say; undefined: it does not answer. */
type Records = (name: string, type: number) => Buffer[] | undefined;

/** A name server. @returns its place, and the names it was asked for. */
async function nameServer(records: Records): Promise<{ servers: string[]; asked: string[] }> {
  const socket = createSocket("udp4");
  open.push(socket);
  const asked: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, question } = read(query);
    asked.push(name);
    const found = records(name, type);
    if (found) socket.send(reply(query, question, type, found), port, address);
  });
  await new Promise<void>((ready) => socket.bind(0, "127.0.0.1", ready));
  return { servers: [`127.0.0.1:${socket.address().port}`], asked };
}

function read(query: Buffer): { name: string; type: number; question: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), question: query.subarray(12, at + 5) };
}

/** RFC 1035 section 4.1: header, the question, and answers that point to its name. */
function reply(query: Buffer, question: Buffer, type: number, found: Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (found.length > 0 ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  const answers = found.map((data) => {
    const fields = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
    return Buffer.concat([fields, data]);
  });
  return Buffer.concat([header, question, ...answers]);
}

describe("the addresses of a host name", () => {
  it("are those of its A and AAAA records", async () => {
    const loopback = Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
    const { servers } = await nameServer((_, type) => (type === A ? [Buffer.from([192, 0, 2, 1])] : [loopback]));
    expect(await hostAddresses(servers)("hooks.example")).toEqual(["192.0.2.1", "::1"]);
  });

  it("are those of one kind, if there are none of the other, or no answer", async () => {
    const four = Buffer.from([192, 0, 2, 1]);
    const { servers } = await nameServer((name, type) =>
      type === A ? [four] : name === "slow.example" ? undefined : [],
    );
    expect(await hostAddresses(servers)("hooks.example")).toEqual(["192.0.2.1"]);
    expect(await hostAddresses(servers)("slow.example")).toEqual(["192.0.2.1"]);
  }, 10_000);

  it("are none of a name that does not exist, or whose name server is silent", async () => {
    const { servers } = await nameServer((name) => (name === "slow.example" ? undefined : []));
    await expect(hostAddresses(servers)("nowhere.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(hostAddresses(servers)("slow.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
  }, 10_000);

  it("are found while any number of other names wait for an answer", async () => {
    const { servers, asked } = await nameServer((name, type) =>
      name.startsWith("slow") ? undefined : type === AAAA ? [] : [Buffer.from([192, 0, 2, 1])],
    );
    const resolve = hostAddresses(servers);
    let answered = 0;
    const slow = Array.from({ length: 50 }, (_, n) => resolve(`slow${n}.example`).finally(() => answered++));
    const given = Promise.allSettled(slow);
    await expect.poll(() => new Set(asked).size).toBe(50);
    expect(await resolve("hooks.example")).toEqual(["192.0.2.1"]);
    expect(answered).toBe(0);
    expect((await given).every(({ status }) => status === "rejected")).toBe(true);
  }, 20_000);
});
