// Each stack runs in a folder of its own that looks like the checkout, except that firebase.json has this stack's ports.
// The emulators' logs, locator file, sockets and blobs land in it, so two stacks never meet and the checkout stays clean.
// It lies in the system's temporary folder: Unix socket paths are short, and watchers ignore paths with a dot folder.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, ROOT } from "./places.ts";
import { firebaseJson, HOST, type Ports } from "./ports.ts";

export type StackFolder = {
  top: string;
  project: string;
  temporary: string;
  settings: string;
  keepLogs(): void;
  remove(): void;
};

const KEPT_OUT = new Set(["firebase.json", "test-artefacts"]);

export function makeStackFolder(ports: Ports, logs: string): StackFolder {
  const top = mkdtempSync(join(tmpdir(), "wisptools-"));
  const project = join(top, "project");
  const temporary = join(top, "t");
  const settings = join(top, "config");
  mkdirSync(temporary);
  lookLikeCheckout(project, ports);
  quietSettings(settings);
  return {
    top,
    project,
    temporary,
    settings,
    keepLogs: () => copyLogs(project, logs),
    remove: () => rmSync(top, { recursive: true, force: true }),
  };
}

function lookLikeCheckout(project: string, ports: Ports): void {
  mkdirSync(project);
  const entries = readdirSync(ROOT).filter(
    (name) => !KEPT_OUT.has(name) && (name === ".firebaserc" || !name.startsWith(".")),
  );
  for (const name of entries.filter((entry) => !entry.endsWith(".log")))
    symlinkSync(join(ROOT, name), join(project, name));
  const config = firebaseJson();
  for (const [name, settings] of Object.entries(config.emulators)) {
    if (settings.port !== undefined) Object.assign(settings, { host: HOST, port: ports[name as keyof Ports] });
  }
  Object.assign(config.emulators.firestore ?? {}, { websocketPort: ports.websocket });
  writeFileSync(join(project, "firebase.json"), allowEmulators(JSON.stringify(config, undefined, 2)));
}

/** The page talks to Auth and Firestore at their own ports; in production the policy knows Google's hosts only. */
function allowEmulators(config: string): string {
  return config.replace("connect-src 'self'", `connect-src 'self' http://${HOST}:*`);
}

/** firebase-tools then neither fetches news at start nor reports usage. */
function quietSettings(settings: string): void {
  mkdirSync(join(settings, "configstore"), { recursive: true });
  const quiet = { motd: { fetched: 4102444800000 }, usage: false };
  writeFileSync(join(settings, "configstore/firebase-tools.json"), JSON.stringify(quiet));
}

function copyLogs(project: string, logs: string): void {
  mkdirSync(join(CACHE, "logs"), { recursive: true });
  for (const name of readdirSync(project).filter((entry) => entry.endsWith(".log"))) {
    cpSync(join(project, name), `${logs}.${name}`);
  }
}
