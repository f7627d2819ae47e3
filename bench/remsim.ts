// What a registration of a new router adds to the database's own cost: by HTTP to one plain process, next to bare reads and one atomic write
// of the same number of documents from the same kind of process, in turns, on the same emulator.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Login, makeBank, makeLogin, registerRouter } from "../functions/src/testing/simBanks.ts";
import { makeTenant, startWorld, type World } from "../functions/src/testing/world.ts";

export const emulators = ["auth", "firestore", "storage"];
export const seed = false;

/** A tenant, and a bank, for each round and one to warm up. */
const ROUNDS = 5;
const CLIENTS = 60;
/** More cards than clients: a refusal is another thing. */
const CARDS = 80;
const PARALLEL = 2;
/** Milliseconds that the 95th percentile may be beyond the bare one. */
const PROMISE = 100;

interface Server {
  url: string;
  logins: Login[];
}

interface Meter {
  reads: number;
  writes: number;
}

/** The server side alone in its own process, as one function instance is. */
async function serve(): Promise<void> {
  const world = await startWorld();
  const logins: Login[] = [];
  for (let n = 0; n <= ROUNDS; n++) {
    const { id } = await makeTenant(world.deps);
    await makeBank(world.deps, id, { bankId: 1, cards: CARDS });
    logins.push(await makeLogin(world.deps, id));
  }
  process.on("message", () => process.send?.({ ...world.deps.store.meter }));
  process.send?.({ url: world.url, logins } satisfies Server);
}

function answerOf<T>(child: ReturnType<typeof fork>): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

/** `act(n)` for each client, PARALLEL at a time; latencies in ms. */
async function round(act: (client: number) => Promise<void>): Promise<number[]> {
  const latencies: number[] = [];
  const loop = async (k: number) => {
    for (let n = k; n < CLIENTS; n += PARALLEL) {
      const start = performance.now();
      await act(n);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, (_, k) => loop(k)));
  return latencies;
}

async function registerAll({ url, logins }: Server, n: number): Promise<number[]> {
  const login = logins[n] as Login;
  return round(async (client) => {
    const { status, body } = await registerRouter({ url }, login, `vm${client}-slot0`);
    if (status !== 200) throw new Error(`registration answered ${status}: ${JSON.stringify(body)}`);
  });
}

/** The peer: 3 documents and a query of 8, then 6 documents written at once, with the Admin SDK and nothing else. */
async function bare({ deps: { store } }: World, n: number): Promise<number[]> {
  const candidates = `bench/remsim/candidates${n}`;
  const document = { text: "x".repeat(400), at: new Date(), state: "available", number: 1 };
  const put = store.write();
  for (let k = 0; k < 8; k++) put.put(`${candidates}/c${k}`, document);
  await put.commit();
  return round(async (client) => {
    await Promise.all([store.rawDocument("bench/a"), store.rawDocument("bench/b")]);
    await store.rawDocument("bench/c");
    await store.raw(candidates);
    const write = store.write();
    for (let k = 0; k < 6; k++) write.create(`bench/remsim/written${n}/${client}-${k}`, document);
    await write.commit();
  });
}

function percentile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * p)] ?? 0;
}

const rounded = (value: number) => Math.round(value * 100) / 100;

export async function run(): Promise<Record<string, number>> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const server = await answerOf<Server>(child);
  const world = await startWorld();
  try {
    await registerAll(server, ROUNDS);
    await bare(world, ROUNDS);
    const meter = () => {
      const answer = answerOf<Meter>(child);
      child.send("meter");
      return answer;
    };
    const before = await meter();
    const ours: number[] = [];
    const peer: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      ours.push(...(await registerAll(server, n)));
      peer.push(...(await bare(world, n)));
    }
    return { ...figuresOf(ours, peer), ...perRegistration(before, await meter(), ours.length) };
  } finally {
    child.kill();
    await world.close();
  }
}

function figuresOf(ours: readonly number[], peer: readonly number[]): Record<string, number> {
  const figures: Record<string, number> = { registrations: ours.length };
  for (const [name, p] of [
    ["p50", 0.5],
    ["p95", 0.95],
  ] as const) {
    const [register, alone] = [percentile(ours, p), percentile(peer, p)];
    figures[`register_${name}_ms`] = rounded(register);
    figures[`bare_${name}_ms`] = rounded(alone);
    figures[`beyond_${name}_ms`] = rounded(register - alone);
  }
  return { ...figures, promised_beyond_p95_ms: PROMISE };
}

function perRegistration(before: Meter, after: Meter, registrations: number): Record<string, number> {
  return {
    reads_per_register: rounded((after.reads - before.reads) / registrations),
    writes_per_register: rounded((after.writes - before.writes) / registrations),
  };
}

if (process.argv[2] === "serve") await serve();
