// An osmo-remsim-server of our own for tests and the simulated site: its REST interface as the real one answers it, and bankds and clients
// that are connected by method calls instead of RSPRO.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** As the REST interface spells slots of banks and of clients. */
interface BankPlace {
  bankId: number;
  slotNr: number;
}
interface ClientPlace {
  clientId: number;
  slotNr: number;
}
type State = "NEW" | "UNACKNOWLEDGED" | "ACTIVE";
interface Mapping {
  bank: BankPlace;
  client: ClientPlace;
  state: State;
}

export interface RemsimServerOptions {
  /** 0: any free one. */
  port?: number;
  host?: string;
  /** How long a bankd takes to acknowledge a map, ms. */
  acknowledgeMs?: number;
}

const PREFIX = "/api/backend/v1";
const MOST = 1023;

/**
 * Keeps maps 1:1 and in memory alone. A map is NEW until its bankd is there, UNACKNOWLEDGED until that has acknowledged it, then ACTIVE. DELETE
 * takes it from the list at once. One that is deleted while UNACKNOWLEDGED leaks, as with the real server: see `leaked`.
 */
export class FakeRemsimServer {
  /** Maps that were deleted between being sent to a bankd and its acknowledgement, so that the bankd keeps them for ever. */
  readonly leaked: string[] = [];
  /** Requests answered, as `POST /slotmaps 201`. */
  readonly requests: string[] = [];
  /** What it fails at, by `POST /slotmaps` and the body: by status 500, or in that the connection ends. */
  failure: (call: string, body: string) => 500 | "cut" | undefined = () => undefined;
  readonly #options: Required<RemsimServerOptions>;
  readonly #banks = new Map<number, { slots: number }>();
  readonly #clients = new Map<string, ClientPlace & { name: string }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #mappings: Mapping[] = [];
  #server: Server | undefined;
  #port = 0;

  constructor({ port = 0, host = "127.0.0.1", acknowledgeMs = 20 }: RemsimServerOptions = {}) {
    this.#options = { port, host, acknowledgeMs };
    this.#port = port;
  }

  /** Listens, on the same port each time. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, this.#options.host, resolve);
    });
    const address = server.address();
    this.#port = typeof address === "object" && address ? address.port : this.#port;
    return this;
  }

  /** Of its REST interface, as remsimServers/{id}.restUrl has it. */
  get restUrl(): string {
    return `http://${this.#options.host}:${this.#port}`;
  }

  /** Goes away; its maps are lost. */
  async stop(): Promise<void> {
    this.forget();
    this.#banks.clear();
    this.#clients.clear();
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  }

  /** The process ends and starts again: no map is left, and bankds and clients connect again by themselves. */
  restart(): void {
    this.forget();
  }

  private forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#mappings = [];
  }

  connectBank(bankId: number, slots = 1023): void {
    this.#banks.set(bankId, { slots });
    for (const map of this.#mappings) if (map.bank.bankId === bankId) this.#offer(map);
  }

  /** Its maps wait for it as NEW. */
  disconnectBank(bankId: number): void {
    this.#banks.delete(bankId);
    for (const map of this.#mappings) if (map.bank.bankId === bankId) map.state = "NEW";
  }

  /** A client's RSPRO identity, as the reply to its registration named it. */
  connectClient(clientId: number, slotNr: number, name = "remsim-client"): void {
    this.#clients.set(clientKey({ clientId, slotNr }), { clientId, slotNr, name });
  }

  disconnectClient(clientId: number, slotNr: number): void {
    this.#clients.delete(clientKey({ clientId, slotNr }));
  }

  /** The bank slot whose card this client uses now, as `1:17`; undefined: it has none, or is not connected. */
  cardOf(clientId: number, slotNr: number): string | undefined {
    const key = clientKey({ clientId, slotNr });
    if (!this.#clients.has(key)) return undefined;
    const map = this.#mappings.find(({ client, state }) => clientKey(client) === key && state === "ACTIVE");
    return map && `${map.bank.bankId}:${map.bank.slotNr}`;
  }

  /** Every map, as `1:17 C1:3 ACTIVE` (bank slot, client, state), sorted. */
  maps(): string[] {
    return this.#mappings
      .map(({ bank, client, state }) => `${bank.bankId}:${bank.slotNr} ${clientKey(client)} ${state}`)
      .sort();
  }

  /** As somebody else with access to the REST interface would. @returns the status. */
  put(bankId: number, bankSlot: number, clientId: number, clientSlot: number): number {
    return this.#add({ bank: { bankId, slotNr: bankSlot }, client: { clientId, slotNr: clientSlot } });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = (request.url ?? "").replace(PREFIX, "");
    const failure = this.failure(`${request.method} ${path}`, body);
    if (failure === "cut") return void request.socket.destroy();
    if (failure) return void response.writeHead(failure, { "content-length": 0 }).end();
    const [status, reply] = request.url?.startsWith(PREFIX) ? this.#route(request.method ?? "", path, body) : [404, ""];
    this.requests.push(`${request.method} ${path} ${status}`);
    const headers = reply === "" ? {} : { "content-type": "application/json" };
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(reply) }).end(reply);
  }

  #route(method: string, path: string, body: string): [status: number, reply: string] {
    const [, what = "", id] = path.split("/");
    switch (`${method} ${what}`) {
      case "GET banks":
        if (id === undefined) return [200, JSON.stringify({ banks: this.#bankList() })];
        return [200, oneOf(this.#bankList().find(({ bankId }) => bankId === Number(id)))];
      case "GET clients":
        if (id === undefined) return [200, JSON.stringify({ clients: this.#clientList() })];
        // The real one compares with a field that clients do not have: 0 finds the first, another number nobody.
        return [200, oneOf(Number(id) === 0 ? this.#clientList()[0] : undefined)];
      case "GET slotmaps":
        return [200, JSON.stringify({ slotmaps: this.#mappings })];
      case "POST slotmaps":
        return [this.#add(mappingOf(body)), ""];
      case "DELETE slotmaps":
        return [this.#remove(Number(id)), ""];
      case "POST global-reset":
        this.forget();
        return [200, ""];
      default:
        return [404, ""];
    }
  }

  #bankList() {
    return [...this.#banks].map(([bankId, { slots }]) => ({
      ...{ peer: `B${bankId}`, state: "CONNECTED_BANKD", component_id: component("remsimBankd", "remsim-bankd") },
      ...{ bankId, numberOfSlots: slots },
    }));
  }

  #clientList() {
    return [...this.#clients.values()].map(({ clientId, slotNr, name }) => ({
      ...{ peer: `C${clientId}:${slotNr}`, state: "CONNECTED_CLIENT", component_id: component("remsimClient", name) },
    }));
  }

  #add(pair: Omit<Mapping, "state"> | undefined): number {
    if (!pair) return 400;
    const isTaken = this.#mappings.some(
      ({ bank, client }) => mapId(bank) === mapId(pair.bank) || clientKey(client) === clientKey(pair.client),
    );
    if (isTaken) return 400;
    const map: Mapping = { ...pair, state: "NEW" };
    this.#mappings.push(map);
    this.#offer(map);
    return 201;
  }

  #remove(id: number): number {
    const index = this.#mappings.findIndex(({ bank }) => mapId(bank) === id);
    const [map] = index < 0 ? [] : this.#mappings.splice(index, 1);
    if (map?.state === "UNACKNOWLEDGED") this.leaked.push(`${map.bank.bankId}:${map.bank.slotNr}`);
    return map ? 200 : 404;
  }

  /** Tells the bankd of a map, if it is there. */
  #offer(map: Mapping): void {
    if (!this.#banks.has(map.bank.bankId)) return;
    this.#after(0, () => {
      if (map.state !== "NEW" || !this.#banks.has(map.bank.bankId)) return;
      map.state = "UNACKNOWLEDGED";
      this.#after(this.#options.acknowledgeMs, () => {
        if (map.state === "UNACKNOWLEDGED") map.state = "ACTIVE";
      });
    });
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

function mapId({ bankId, slotNr }: BankPlace): number {
  return bankId * 65536 + slotNr;
}

function clientKey({ clientId, slotNr }: ClientPlace): string {
  return `C${clientId}:${slotNr}`;
}

function component(type: string, software: string) {
  return { type_: type, name: software, software, swVersion: "1.1.0" };
}

function oneOf(found: object | undefined): string {
  return found ? JSON.stringify(found) : "";
}

/** undefined: not what the server takes for a map. */
function mappingOf(body: string): Omit<Mapping, "state"> | undefined {
  try {
    const { bank, client } = JSON.parse(body) as Partial<Mapping>;
    const numbers = [bank?.bankId, bank?.slotNr, client?.clientId, client?.slotNr];
    if (!bank || !client || !numbers.every((n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= MOST)) {
      return undefined;
    }
    return {
      bank: { bankId: bank.bankId, slotNr: bank.slotNr },
      client: { clientId: client.clientId, slotNr: client.slotNr },
    };
  } catch {
    return undefined;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
