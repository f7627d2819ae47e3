// Mirrors in folders of their own, and events that tests look at.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MirrorEvents, Registration } from "../../records.ts";
import { type Mirror, type MirrorOptions, openMirror } from "../openMirror.ts";
import { readStoreKey } from "../storeKey.ts";

export interface LoggedLine {
  severity: string;
  event: string;
  fields: Record<string, unknown>;
}

export interface TestMirror extends Mirror {
  lines: LoggedLine[];
  dataDir: string;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "wisptools-mirror-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function openTestMirror(dataDir: string, mode: MirrorOptions["mode"], now?: () => number): TestMirror {
  const lines: LoggedLine[] = [];
  const log = (severity: string, event: string, fields: Record<string, unknown>): void => {
    lines.push({ severity, event, fields });
  };
  const options = { dataDir, storeKey: readStoreKey(dataDir), mode, log, ...(now ? { now } : {}) };
  return { ...openMirror(options), lines, dataDir };
}

export interface RecordedEvents extends MirrorEvents {
  profiles: { tenantId: string; imsis: readonly string[] | undefined }[];
  registered: string[];
  peers: number;
  tenants: number;
  commands: string[];
}

/** `run` answers commands; without it none is for us. */
export function recordedEvents(run: MirrorEvents["command"] = async () => undefined): RecordedEvents {
  const recorded: RecordedEvents = {
    profiles: [],
    registered: [],
    peers: 0,
    tenants: 0,
    commands: [],
    profilesChanged: (tenantId, imsis) => recorded.profiles.push({ tenantId, imsis }),
    peersChanged: () => recorded.peers++,
    tenantsChanged: () => recorded.tenants++,
    registrationsChanged: (imsis) => recorded.registered.push(...imsis),
    command: async (command) => {
      const answer = await run(command);
      if (answer) recorded.commands.push(command.id);
      return answer;
    },
  };
  return recorded;
}

export function registrationOf(imsi: string, changes: Partial<Registration> = {}): Registration {
  return {
    imsi,
    tenantId: "tenant_a",
    mme: "mme.epc-1.a.test",
    mmeRealm: "a.test",
    visitedPlmn: "00f110",
    ratType: 1004,
    at: 1_700_000_000_000,
    purged: false,
    sent: "0123456789abcdef",
    ...changes,
  };
}

/** Waits for something that happens by itself; fails after `seconds`. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
