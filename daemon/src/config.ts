import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "./configError.ts";
import { type Listen, listenAt } from "./listenAt.ts";
import { type RemsimConfig, remsimConfig } from "./remsimConfig.ts";

export { ConfigError } from "./configError.ts";
export type { Listen } from "./listenAt.ts";

export const ROLES = ["hss", "pcrf", "remsim"] as const;
export type Role = (typeof ROLES)[number];
/** Roles that speak Diameter. */
export type DiameterRole = Exclude<Role, "remsim">;

export interface ApplicationConfig {
  /** Origin-Host of our answers. */
  identity: string;
  listen: Listen[];
}

export interface Config {
  roles: Role[];
  dataDir: string;
  /** File of 32 bytes that wraps keys in the mirror; absent: made in the data folder. */
  storeKeyFile: string | undefined;
  /** Stand-alone: subscribers from files, no Firebase. Else the cloud project. */
  source: { folder: string; realm: string } | { projectId: string; kmsKey: string | undefined };
  /** Admit any peer, in stand-alone mode alone. */
  trustPeers: boolean;
  hss: ApplicationConfig;
  pcrf: ApplicationConfig;
  remsim: RemsimConfig;
  api: { host: string; port: number; key: string | undefined };
  /** IND of our SQNs in stand-alone mode (3GPP TS 33.102 C.1.1.1); the cloud gives each daemon its own. */
  sqnIndex: number;
  /** Requests a second that one peer may make. */
  peerRate: number;
  watchdogMs: number;
}

const OPTIONS = {
  roles: { type: "string", help: "hss,pcrf,remsim: what to serve" },
  data: { type: "string", help: "folder of the mirror and the queue" },
  "store-key": {
    type: "string",
    help: "root-only file of 32 bytes that wraps keys at rest; made in the data folder if absent",
  },
  subscribers: { type: "string", help: "stand-alone: folder of Open5GS subscriber JSON, watched" },
  realm: { type: "string", help: "stand-alone: Origin-Realm of answers" },
  "trust-peers": { type: "boolean", help: "stand-alone: admit any peer" },
  "hss-identity": { type: "string", help: "Origin-Host of the HSS" },
  "hss-listen": { type: "string", multiple: true, help: "ADDR:PORT, may be repeated" },
  "hss-listen-tls": { type: "string", multiple: true, help: "ADDR:PORT with mutual TLS, may be repeated" },
  "pcrf-identity": { type: "string", help: "Origin-Host of the PCRF" },
  "pcrf-listen": { type: "string", multiple: true, help: "ADDR:PORT, may be repeated" },
  "pcrf-listen-tls": { type: "string", multiple: true, help: "ADDR:PORT with mutual TLS, may be repeated" },
  "cloud-url": { type: "string", help: "remote SIM: origin of the cloud, https; else WISPTOOLS_URL" },
  "remsim-listen": { type: "string", multiple: true, help: "ADDR:PORT for routers, plain HTTP, may be repeated" },
  "remsim-listen-tls": { type: "string", multiple: true, help: "ADDR:PORT for routers with client certificates" },
  "remsim-cert": { type: "string", help: "PEM file of the certificate for routers" },
  "remsim-key": { type: "string", help: "PEM file of its key" },
  "remsim-ca": { type: "string", help: "PEM file of the authority of the routers' certificates" },
  "remsim-mdns": { type: "string", help: "name to advertise on the LAN as _ionmesh._tcp; off by default" },
  "api-listen": { type: "string", help: "ADDR:PORT of the management API" },
  "api-key-file": { type: "string", help: "file with the key of the management API; needed beyond localhost" },
  "sqn-index": { type: "string", help: "stand-alone: 0..31, another for each daemon of the same subscribers" },
  "peer-rate": { type: "string", help: "requests a second that one peer may make" },
  "watchdog-seconds": { type: "string", help: "Tw of RFC 3539, 6 or more" },
} as const;

/** Options of the command line, else `WISPTOOLS_` and the option's name in the environment, else the default. */
export function readConfig(argv: string[], env: NodeJS.ProcessEnv): Config {
  const given = parsed(argv);
  const text = (name: keyof typeof OPTIONS): string | undefined => {
    const value = given[name];
    return typeof value === "string" ? value : env[variable(name)] || undefined;
  };
  const list = (name: keyof typeof OPTIONS): string[] => {
    const value = given[name];
    return Array.isArray(value) ? value.map(String) : (env[variable(name)] ?? "").split(",").filter(Boolean);
  };
  const folder = text("subscribers");
  const trustPeers = given["trust-peers"] === true;
  if (trustPeers && folder === undefined)
    throw new ConfigError("--trust-peers is for stand-alone mode (--subscribers)");
  const listen = (application: DiameterRole, plain: number, tls: number): Listen[] => {
    const chosen = [
      ...list(`${application}-listen`).map((at) => listenAt(at, false, `${application}-listen`)),
      ...list(`${application}-listen-tls`).map((at) => listenAt(at, true, `${application}-listen-tls`)),
    ];
    if (chosen.length > 0) return chosen;
    const loopback = { host: "127.0.0.1", port: plain, tls: false };
    return folder === undefined ? [loopback, { host: "::", port: tls, tls: true }] : [loopback];
  };
  const roles = rolesOf(text("roles"), folder);
  return {
    roles,
    dataDir: text("data") ?? defaultDataDir(folder, roles),
    storeKeyFile: text("store-key"),
    source: folder === undefined ? cloudSource(env) : { folder, realm: needed(text("realm"), "realm") },
    trustPeers,
    hss: { identity: identity(text("hss-identity"), "hss"), listen: listen("hss", 3868, 5868) },
    pcrf: { identity: identity(text("pcrf-identity"), "pcrf"), listen: listen("pcrf", 3869, 5869) },
    remsim: remsimConfig({ text, list }, env),
    api: apiOf(text("api-listen") ?? "127.0.0.1:3001", text("api-key-file")),
    sqnIndex: whole(text("sqn-index") ?? "0", 0, 31, "sqn-index"),
    peerRate: whole(text("peer-rate") ?? "5000", 1, 10_000_000, "peer-rate"),
    watchdogMs: whole(text("watchdog-seconds") ?? "30", 6, 3600, "watchdog-seconds") * 1000,
  };
}

/** The options, a line each. */
export function usage(): string {
  const lines = Object.entries(OPTIONS).map(([name, { help }]) => `  --${name.padEnd(18)} ${help}`);
  return ["usage: npm run daemon -- [OPTIONS]   (or WISPTOOLS_<OPTION> in the environment)", ...lines].join("\n");
}

function variable(name: string): string {
  return `WISPTOOLS_${name.replaceAll("-", "_").toUpperCase()}`;
}

function parsed(argv: string[]): Record<string, unknown> {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: false }).values;
  } catch (cause) {
    throw new ConfigError((cause as Error).message, { cause });
  }
}

function cloudSource(env: NodeJS.ProcessEnv): { projectId: string; kmsKey: string | undefined } {
  const projectId = needed(env.GCLOUD_PROJECT ?? env.GOOGLE_CLOUD_PROJECT, "subscribers (or GCLOUD_PROJECT)");
  return { projectId, kmsKey: env.WISPTOOLS_KMS_KEY };
}

/** Remote SIM is the cloud's: a stand-alone daemon has none. */
function rolesOf(text: string | undefined, folder: string | undefined): Role[] {
  const all = ROLES.filter((role) => folder === undefined || role !== "remsim");
  if (text === undefined) return all;
  return text.split(",").map((name) => {
    const role = ROLES.find((known) => known === name.trim());
    if (!role) throw new ConfigError(`--roles: "${name}" is none of ${ROLES.join(", ")}`);
    if (!all.includes(role)) throw new ConfigError(`--roles: ${role} needs a cloud project, not --subscribers`);
    return role;
  });
}

function identity(text: string | undefined, application: Role): string {
  const name = text ?? `${application}.wisptools.local`;
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/.test(name)) {
    throw new ConfigError(`--${application}-identity: "${name}" is not a host name (RFC 6733 4.3.1)`);
  }
  return name;
}

function apiOf(listen: string, keyFile: string | undefined): Config["api"] {
  const { host, port } = listenAt(listen, false, "api-listen");
  const key = keyFile === undefined ? undefined : readFileSync(keyFile, "utf8").trim();
  if (key === undefined && !["127.0.0.1", "::1", "localhost"].includes(host)) {
    throw new ConfigError("--api-key-file is needed when --api-listen is not localhost");
  }
  if (key === "") throw new ConfigError("--api-key-file: the file is empty");
  return { host, port, key };
}

function whole(text: string, least: number, most: number, option: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new ConfigError(`--${option}: "${text}" is not a whole number from ${least} to ${most}`);
  }
  return value;
}

function needed(text: string | undefined, name: string): string {
  if (!text) throw new ConfigError(`--${name} is needed`);
  return text;
}

/** Root's services keep state in /var/lib, people under their home. One process at a time uses it: each stand-alone folder has its own, and each process that serves a part of the roles. */
function defaultDataDir(folder: string | undefined, roles: readonly Role[]): string {
  const base = process.getuid?.() === 0 ? "/var/lib/wisptools" : join(homedir(), ".local/state/wisptools");
  const source =
    folder === undefined
      ? []
      : [
          resolve(folder)
            .replaceAll(/[^A-Za-z0-9]+/g, "-")
            .replace(/^-|-$/g, ""),
        ];
  const most = rolesOf(undefined, folder).length;
  return join(base, ["daemon", ...source, ...(roles.length < most ? roles : [])].join("-"));
}
