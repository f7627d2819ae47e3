// A real freeDiameterd at the daemon itself: as a box of a tenant without TLS, and with the certificate of its enrolment.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exited, within } from "../../scripts/dev/processes.ts";
import { CloudWorld, type TestEpc, until } from "./cloudWorld.ts";
import { DaemonUnderTest, type Place } from "./daemonUnderTest.ts";

/** The shortest that freeDiameter takes, and that the daemon takes. */
const TW_SECONDS = 6;
const LIMIT_MS = 90_000;
const folder = mkdtempSync(join(tmpdir(), "freediameter-"));

let cloud: CloudWorld;
let daemon: DaemonUnderTest;
/** One of a tenant whose EPCs connect without TLS, and one with its certificate. */
let plain: TestEpc;
let certified: TestEpc;
const running: { child: ChildProcess; output: string }[] = [];

beforeAll(async () => {
  const found = spawnSync("freeDiameterd", ["--version"]);
  if (found.error) throw new Error("freeDiameterd is missing: install the Debian package freediameterd");
  cloud = await CloudWorld.start();
  plain = await cloud.epc(await cloud.tenant());
  certified = await cloud.epc(await cloud.tenant({ plain: false }));
  daemon = new DaemonUnderTest({ env: cloud.daemonEnv(), tls: true, argv: ["--watchdog-seconds", `${TW_SECONDS}`] });
  await daemon.start();
}, 120_000);
afterAll(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await daemon?.remove();
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** freeDiameter insists on a certificate even where it does not use it, and on one of its own name. */
function credentials(name: string, role: "mme" | "smf", { tls, [role]: identity }: TestEpc): string[] {
  const file = (kind: string) => join(folder, `${name}.${kind}`);
  if (!tls) {
    const options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${identity}`];
    spawnSync("openssl", ["req", "-x509", ...options, "-keyout", file("key"), "-out", file("crt")]);
    return [`TLS_Cred = "${file("crt")}", "${file("key")}";`, `TLS_CA = "${file("crt")}";`];
  }
  writeFileSync(file("crt"), tls.cert);
  writeFileSync(file("key"), tls.key);
  // Several certificates in one file would be a chain to it.
  const authorities = tls.ca.split(/(?<=-----END CERTIFICATE-----\n)/).filter((pem) => pem.trim() !== "");
  for (const [n, pem] of authorities.entries()) writeFileSync(file(`ca${n}`), pem);
  return [
    `TLS_Cred = "${file("crt")}", "${file("key")}";`,
    ...authorities.map((_, n) => `TLS_CA = "${file(`ca${n}`)}";`),
  ];
}

function startFreeDiameter(name: string, role: "mme" | "smf", epc: TestEpc, to: Place, peer: string) {
  const settings = [
    ...[`Identity = "${epc[role]}";`, `Realm = "${epc.realm}";`, "Port = 0;", "SecPort = 0;", "No_SCTP;", "No_IPv6;"],
    ...[`TwTimer = ${TW_SECONDS};`, "TcTimer = 2;", ...credentials(name, role, epc)],
    `ConnectPeer = "${peer}" { ConnectTo = "${to.host}"; Port = ${to.port}; ${epc.tls ? "" : "No_TLS;"} };`,
  ];
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, `${settings.join("\n")}\n`);
  const child = spawn("freeDiameterd", ["-c", file], { stdio: ["ignore", "pipe", "pipe"] });
  const entry = { child, output: "" };
  running.push(entry);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      entry.output += chunk;
    });
  }
  return entry;
}

/** Ends what an earlier try left running. @returns the lines that the daemon writes from then on. */
async function anew(): Promise<() => string[]> {
  for (const { child } of running.splice(0)) child.kill("SIGKILL");
  const times = (words: string) => daemon.output.split(words).length;
  const allGone = async () =>
    (await daemon.peers()).length === 0 && times("peer connected") === times("peer disconnected");
  await until("nobody is connected", allGone, LIMIT_MS);
  const before = daemon.output.length;
  return () => daemon.output.slice(before).split("\n");
}

const peerOf = async (originHost: string) => (await daemon.peers()).find((peer) => peer.originHost === originHost);

it(
  "connects as MME and as SMF, plain and with its certificate, and stays through the watchdogs of both sides",
  async () => {
    const lines = await anew();
    const pairs = [
      ["plain-mme", "mme", plain, daemon.hss, "hss.wisptools.local"],
      ["plain-smf", "smf", plain, daemon.pcrf, "pcrf.wisptools.local"],
      ["tls-mme", "mme", certified, daemon.hssTls, "hss.wisptools.local"],
      ["tls-smf", "smf", certified, daemon.pcrfTls, "pcrf.wisptools.local"],
    ] as const;
    const started = pairs.map(([name, role, epc, to, peer]) => startFreeDiameter(name, role, epc, to, peer));
    const said = () => started.map(({ output }) => output.slice(-1500)).join("\n---\n");
    for (const [name, role, epc] of pairs) {
      const peer = await until(
        () => `${name} opens: ${said()}`,
        () => peerOf(epc[role]),
        LIMIT_MS,
      );
      expect(peer).toMatchObject({ tls: epc.tls !== undefined, role });
    }
    for (const [name, role, epc] of pairs) {
      const isAlive = async () => {
        const peer = await peerOf(epc[role]);
        // Each side asks when it has heard nothing for Tw; so whose question it is, is chance: two there and back in all.
        return peer && peer.requestsReceived + peer.answersReceived >= 3;
      };
      await until(() => `${name} stays: ${said()}`, isAlive, LIMIT_MS);
    }
    const gone = lines().filter((line) => line.includes("peer disconnected") || line.includes("refused"));
    expect(gone).toEqual([]);
    for (const { child } of started) {
      child.kill("SIGTERM");
      expect(await within(30_000, exited(child))).toBe(true);
    }
    await until("all have said goodbye", async () => (await daemon.peers()).length === 0, LIMIT_MS);
    expect(lines().join("\n")).toContain("disconnected by the peer");
  },
  5 * LIMIT_MS,
);

it(
  "is refused when it is nobody's box",
  async () => {
    const lines = await anew();
    const stranger = { ...plain, mme: `mme.epc-00000000000000ff.${plain.realm}` };
    const { child } = startFreeDiameter("stranger", "mme", stranger, daemon.hss, "hss.wisptools.local");
    const isRefusal = (line: string) => line.includes("peer refused") && line.includes(stranger.mme);
    const line = await until("is refused", () => lines().find(isRefusal), LIMIT_MS);
    expect(JSON.parse(line)).toMatchObject({ resultCode: 3010, originHost: stranger.mme });
    expect(await peerOf(stranger.mme)).toBeUndefined();
    child.kill("SIGTERM");
  },
  3 * LIMIT_MS,
);
