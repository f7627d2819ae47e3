import type { BankSlot, MapPair, ServerMap } from "@wisptools/core";
import { z } from "zod";

const PREFIX = "/api/backend/v1";
const ANSWER_MS = 5_000;
/** A thousand maps are 100 kB. */
const MOST_BYTES = 4 * 1024 * 1024;

const BankPlace = z.object({ bankId: z.int(), slotNr: z.int() });
const ClientPlace = z.object({ clientId: z.int(), slotNr: z.int() });
const States = z.enum(["NEW", "UNACKNOWLEDGED", "ACTIVE", "DELETE_REQ", "DELETING"]);
const Slotmaps = z.object({
  slotmaps: z.array(z.object({ bank: BankPlace, client: ClientPlace, state: States })),
});
const Clients = z.object({ clients: z.array(z.object({ peer: z.string(), state: z.string() })) });
const Banks = z.object({ banks: z.array(z.object({ bankId: z.int(), state: z.string() })) });

/** What an osmo-remsim-server said of itself. */
export interface ServerSight {
  maps: ServerMap[];
  /** RSPRO identities of connected clients, as `bank-slot`. */
  clients: ReadonlySet<string>;
  banks: ReadonlySet<number>;
}

/** It answered, but with a status that it has no reason for. */
export class UnexpectedStatus extends Error {}

/** osmo-remsim-server's REST interface. It has no authentication, forgets all at a restart, and only its lists can be relied on. */
export class RemsimRest {
  private readonly base: string;
  private readonly signal: AbortSignal;

  /** `signal` ends what is under way. */
  constructor(restUrl: string, signal: AbortSignal) {
    this.base = restUrl.replace(/\/+$/, "") + PREFIX;
    this.signal = signal;
  }

  async look(): Promise<ServerSight> {
    const maps = await this.maps();
    const { clients } = Clients.parse(await this.get("/clients"));
    const { banks } = Banks.parse(await this.get("/banks"));
    return { maps, clients: new Set(clients.flatMap(identityOf)), banks: new Set(banks.map(({ bankId }) => bankId)) };
  }

  async maps(): Promise<ServerMap[]> {
    const { slotmaps } = Slotmaps.parse(await this.get("/slotmaps"));
    return slotmaps.map(({ bank, client, state }) => ({
      bank: { bankId: bank.bankId, slotId: bank.slotNr },
      client: { bankId: client.clientId, slotId: client.slotNr },
      state,
    }));
  }

  /** False: it refused, as one of the slots is in a map already. @throws UnexpectedStatus */
  async add({ bank, client }: MapPair): Promise<boolean> {
    const body = JSON.stringify({
      bank: { bankId: bank.bankId, slotNr: bank.slotId },
      client: { clientId: client.bankId, slotNr: client.slotId },
    });
    const { status } = await this.call("POST", "/slotmaps", body);
    if (status !== 201 && status !== 400) throw new UnexpectedStatus(`POST /slotmaps was answered ${status}`);
    return status === 201;
  }

  /** Whatever is mapped to this bank slot; nothing is as good. @throws UnexpectedStatus */
  async remove({ bankId, slotId }: BankSlot): Promise<void> {
    const { status } = await this.call("DELETE", `/slotmaps/${bankId * 65_536 + slotId}`);
    if (status !== 200 && status !== 404) throw new UnexpectedStatus(`DELETE /slotmaps was answered ${status}`);
  }

  private async get(path: string): Promise<unknown> {
    const { status, text } = await this.call("GET", path);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}`);
    return JSON.parse(text);
  }

  private async call(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    const reply = await fetch(this.base + path, {
      method,
      redirect: "error",
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(ANSWER_MS)]),
      ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
    });
    return { status: reply.status, text: await limited(reply, `${method} ${path}`) };
  }
}

async function limited(reply: Response, what: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of reply.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) throw new Error(`${what} was answered with more than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The list names a client by its peer, `C<clientId>:<slotNr>`. */
function identityOf({ peer, state }: { peer: string; state: string }): string[] {
  const [, clientId, slotNr] = /^C(\d+):(\d+)$/.exec(peer) ?? [];
  return clientId !== undefined && state === "CONNECTED_CLIENT" ? [`${clientId}-${slotNr}`] : [];
}
