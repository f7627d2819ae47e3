// A real freeDiameterd connects to our server: in plain, over mutual TLS, and as somebody we don't know.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { APPLICATION, DISCONNECT } from "../../daemon/src/diameter/dictionary/commands.ts";
import type { Peer } from "../../daemon/src/diameter/peer/peer.ts";
import { DiameterServer } from "../../daemon/src/diameter/server.ts";
import type { Candidate, ListenerOptions, Refusal } from "../../daemon/src/diameter/serverOptions.ts";

const HSS = "hss.interop.test";
const MME = "mme.epc-1.interop.test";
const REALM = "interop.test";
const TENANT_REALM = "tenant.interop.test";
/** The shortest that freeDiameter takes. */
const TW_SECONDS = 6;

interface Log {
  opened: Peer<string>[];
  closed: string[];
  refused: Refusal[];
  candidates: Candidate[];
}

let folder: string;
let running: { server: DiameterServer<string>; daemons: ChildProcess[]; output: string } | undefined;

const openssl = (...args: string[]): string => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" }).toString();

function makeCertificates(): void {
  mkdirSync(join(folder, "pki"));
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=Interop CA",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
  );
  for (const [file, name] of [
    ["hss", HSS],
    ["mme", MME],
  ] as const) {
    writeFileSync(join(folder, `${file}.ext`), `subjectAltName=DNS:${name}\n`);
    openssl(
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${file}.key`,
      "-out",
      `${file}.csr`,
    );
    openssl(
      "x509",
      "-req",
      "-in",
      `${file}.csr`,
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      `${file}.ext`,
      "-out",
      `${file}.crt`,
    );
  }
}

const pem = (file: string): string => readFileSync(join(folder, file), "utf8");

async function startServer(tls: boolean, known: (candidate: Candidate) => boolean, watchdogMs = 30_000): Promise<Log> {
  const log: Log = { opened: [], closed: [], refused: [], candidates: [] };
  const listener: ListenerOptions = {
    host: "127.0.0.1",
    port: 0,
    ...(tls ? { tls: { cert: pem("hss.crt"), key: pem("hss.key") } } : {}),
  };
  const server = new DiameterServer<string>({
    listeners: [listener],
    originHost: HSS,
    originRealm: REALM,
    applications: [APPLICATION.S6A, APPLICATION.S13],
    productName: "interop",
    watchdogMs,
    handlers: new Map(),
    admit: (candidate) => {
      log.candidates.push(candidate);
      if (!known(candidate)) return { admitted: false, resultCode: 3010, reason: "not enrolled" };
      return { admitted: true, context: "tenant", originRealm: TENANT_REALM, requestsPerSecond: 100 };
    },
    events: {
      peerOpened: (peer) => log.opened.push(peer),
      peerClosed: (_peer, reason) => log.closed.push(reason),
      peerRefused: (refusal) => log.refused.push(refusal),
    },
  });
  await server.listen();
  running = { server, daemons: [], output: "" };
  return log;
}

/** freeDiameter insists on certificates even where it does not use them. */
function startFreeDiameter(tls: boolean): ChildProcess {
  const port = running?.server.addresses[0]?.port;
  const settings = [
    `Identity = "${MME}";`,
    `Realm = "${REALM}";`,
    "Port = 0;",
    "SecPort = 0;",
    "No_SCTP;",
    "No_IPv6;",
    `TwTimer = ${TW_SECONDS};`,
    "TcTimer = 2;",
    `TLS_Cred = "${folder}/mme.crt", "${folder}/mme.key";`,
    `TLS_CA = "${folder}/ca.crt";`,
    `ConnectPeer = "${HSS}" { ConnectTo = "127.0.0.1"; Port = ${port}; ${tls ? "" : "No_TLS;"} };`,
  ];
  const file = join(folder, "freeDiameter.conf");
  writeFileSync(file, `${settings.join("\n")}\n`);
  const daemon = spawn("freeDiameterd", ["-c", file], { stdio: ["ignore", "pipe", "pipe"] });
  const state = running as NonNullable<typeof running>;
  state.daemons.push(daemon);
  const collect = (chunk: Buffer): void => {
    state.output += chunk.toString();
  };
  daemon.stdout.on("data", collect);
  daemon.stderr.on("data", collect);
  return daemon;
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGTERM");
  const kill = setTimeout(() => daemon.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(kill);
}

async function until(what: string, seconds: number, holds: () => boolean): Promise<void> {
  for (let n = 0; n < seconds * 10; n++) {
    if (holds()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${what}: waited in vain. freeDiameterd said:\n${running?.output}`);
}

beforeAll(() => {
  const found = spawnSync("freeDiameterd", ["--version"]);
  if (found.error)
    throw new Error("freeDiameterd is missing: install the Debian packages freediameterd and freediameter-extensions");
  folder = mkdtempSync(join(tmpdir(), "freediameter-"));
  makeCertificates();
});

afterEach(async () => {
  const state = running;
  running = undefined;
  for (const each of state?.daemons ?? []) await end(each);
  await state?.server.stop(1000);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  { name: "plain", tls: false },
  { name: "mutual TLS", tls: true },
])("freeDiameterd over $name", ({ tls }) => {
  it("connects, stays through its own watchdogs, and leaves with a DPR", async () => {
    const log = await startServer(tls, (candidate) => candidate.originHost === MME);
    const daemon = startFreeDiameter(tls);
    await until("opens", 20, () => log.opened.length === 1);
    const peer = log.opened[0] as Peer<string>;
    expect(peer.applications).toEqual([APPLICATION.S6A, APPLICATION.S13]);
    expect(log.candidates[0]).toMatchObject({ originRealm: REALM, address: "127.0.0.1", productName: "freeDiameter" });
    expect(log.candidates[0]?.tls?.names).toEqual(tls ? [MME] : undefined);
    await until("asks twice whether we live", 40, () => peer.counters.requestsReceived >= 2);
    expect(log).toMatchObject({ closed: [], refused: [] });
    daemon.kill("SIGTERM");
    await until("leaves", 20, () => log.closed.length === 1);
    expect(log.closed[0]).toMatch(/^disconnected by the peer, cause \d$/);
  });

  it("answers our watchdogs", async () => {
    const log = await startServer(tls, () => true, 3_000);
    startFreeDiameter(tls);
    await until("opens", 20, () => log.opened.length === 1);
    await until("answers twice", 30, () => (log.opened[0]?.counters.answersReceived ?? 0) >= 2);
    expect(log).toMatchObject({ closed: [], refused: [] });
  });

  it("is told why it is not let in", async () => {
    const log = await startServer(tls, () => false);
    startFreeDiameter(tls);
    await until("is refused", 20, () => log.refused.length > 0);
    expect(log.refused[0]).toEqual({
      address: "127.0.0.1",
      tls,
      resultCode: 3010,
      reason: "not enrolled",
      originHost: MME,
    });
    expect(log.opened).toEqual([]);
    await until("says so", 20, () => /3010|UNKNOWN_PEER/.test(running?.output ?? ""));
  });

  it("takes our goodbye, and comes back", async () => {
    const log = await startServer(tls, () => true);
    startFreeDiameter(tls);
    await until("opens", 20, () => log.opened.length === 1);
    await log.opened[0]?.close(DISCONNECT.REBOOTING, "restart");
    expect(log.closed).toEqual(["restart"]);
    await until("comes back", 60, () => log.opened.length === 2);
  });
});

describe("two freeDiameterds with one identity", () => {
  it("have one connection: the second takes it over when the first is frozen, not before", async () => {
    const log = await startServer(false, () => true);
    const first = startFreeDiameter(false);
    await until("opens", 20, () => log.opened.length === 1);
    startFreeDiameter(false);
    await until("is refused", 20, () => log.refused.length >= 1);
    expect(log.refused[0]).toMatchObject({ resultCode: 4003, originHost: MME });
    expect(log.closed).toEqual([]);
    first.kill("SIGSTOP");
    await until("takes over", 60, () => log.opened.length === 2);
    expect(log.closed).toEqual(["replaced by a new connection of the same identity"]);
    first.kill("SIGKILL");
  });
});
