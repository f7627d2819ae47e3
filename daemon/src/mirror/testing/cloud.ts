// A Firestore project of a test's own on the emulator, with what operators would put there.
import { randomBytes } from "node:crypto";
import { connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { paths, TenantId } from "@wisptools/core";
import {
  connect,
  keyServiceOf,
  longLived,
  openStore,
  type Platform,
  type Store,
  sealSubscriberKeys,
  serverTime,
} from "@wisptools/store";

export interface TestCloud {
  platform: Platform;
  store: Store;
}

export const KEYS = { k: "465b5ce8b199b49faa5f0a2ee238a6bc", opc: "e8ed289deba952e4283b54e88e6183ca" };

/** `host`: another way to the emulator. */
export function connectCloud(projectId: string, host?: string): TestCloud {
  const before = process.env.FIRESTORE_EMULATOR_HOST;
  if (!before) throw new Error("this test needs the Firestore emulator: npm run with-stack");
  if (host) process.env.FIRESTORE_EMULATOR_HOST = host;
  try {
    const platform = connect(projectId, `${projectId}.appspot.com`, longLived());
    return { platform, store: openStore(platform, keyServiceOf(platform, undefined)) };
  } finally {
    process.env.FIRESTORE_EMULATOR_HOST = before;
  }
}

export function freshProject(): string {
  return `demo-mirror-${randomBytes(5).toString("hex")}`;
}

const ARP = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };

/** A tenant with a key, a plan, an APN and a group that names them. */
export async function makeTenant({ store }: TestCloud): Promise<TenantId> {
  const id = TenantId.parse(`tenant_m${randomBytes(6).toString("hex")}`);
  const now = new Date();
  const owned = {
    schemaVersion: 1,
    tenantId: id,
    revision: 1,
    createdAt: now,
    updatedAt: serverTime(),
    deleted: false,
  };
  const write = store.write();
  write.create(paths.tenant(id), tenantDocument(id, now));
  await store.subscriberKeys.generate(id, write);
  write.create(paths.plan(id, "gold"), {
    ...{ ...owned, id: "gold", name: "Gold", description: "", qci: 9, arp: ARP, rules: [] },
    rates: { uplink: 50_000_000, downlink: 100_000_000 },
  });
  write.create(paths.apnProfile(id, "internet"), { ...owned, id: "internet", apn: "internet", pdnType: "ipv4v6" });
  write.create(paths.group(id, "homes"), {
    ...{ ...owned, id: "homes", name: "Homes", description: "", planId: "gold", apnIds: ["internet"] },
  });
  await write.commit();
  return id;
}

function tenantDocument(id: string, now: Date): object {
  const hss = {
    hssIdentity: "hss.test",
    hssHost: "h",
    hssPort: 3868,
    pcrfIdentity: "p",
    pcrfHost: "p",
    pcrfPort: 3868,
  };
  return {
    ...{ schemaVersion: 1, id, name: id, status: "active", enrolmentPolicy: "token", tacRanges: [], apns: [], dns: [] },
    plmns: [{ mcc: "001", mnc: "01" }],
    diameter: { realm: `${id.replaceAll("_", "-")}.test`, ...hss, tls: true },
    coreSource: { uri: "https://packages.test/", suite: "./", components: [] },
    settings: { allowShell: false, reportIntervalSeconds: 60 },
    limits: { epcs: 10 },
    signingKey: { fingerprint: "", publicKey: "" },
    ...{ createdAt: now, updatedAt: now },
  };
}

/** Subscribers as the management API writes them; `settings` on top of a member of the group. */
export async function putSubscribers(
  { store }: TestCloud,
  tenantId: TenantId,
  imsis: readonly string[],
  settings: Record<string, unknown> = {},
): Promise<void> {
  const kek = await store.subscriberKeys.keyEncryptionKey(tenantId);
  if (!kek) throw new Error("a tenant without a key");
  for (let i = 0; i < imsis.length; i += 200) {
    const write = store.write();
    for (const imsi of imsis.slice(i, i + 200)) {
      const common = {
        ...{ schemaVersion: 1, imsi, tenantId, label: "", status: "active", groupId: "homes", staticAddresses: {} },
        ...{ algorithm: "milenage", amf: "8000", ...settings },
      };
      const keys = sealSubscriberKeys(kek, tenantId, imsi, KEYS);
      write.merge(paths.hssProfile(tenantId, imsi), {
        ...{ ...common, keys, sqnOffset: 0, updatedAt: serverTime(), deleted: false },
      });
      const now = new Date();
      write.merge(paths.subscriber(tenantId, imsi), {
        ...{ ...common, revision: 1, keysChangedAt: now, createdAt: now, updatedAt: now },
      });
    }
    await write.commit();
  }
}

/** IMSIs that no other test has. */
export function freshImsis(count: number): string[] {
  const base = 1_000 * Math.floor(Math.random() * 9_000_000);
  return Array.from({ length: count }, (_, i) => `00101${String(base + i).padStart(10, "0")}`);
}

/** A way to the emulator that can be cut. */
export interface CuttableProxy {
  host: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function cuttableProxy(): Promise<CuttableProxy> {
  const [host = "", port = ""] = (process.env.FIRESTORE_EMULATOR_HOST ?? "").split(":");
  const sockets = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connectTcp(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: async () => {
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}
