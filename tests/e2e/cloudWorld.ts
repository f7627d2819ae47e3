// A cloud of a test's own: the real functions over a Firestore project that nobody else writes to, with enrolled EPCs.
import { randomBytes } from "node:crypto";
import { diameterIdentity, EpcId, Imsi, type Plmn, paths, type Subscriber } from "@wisptools/core";
import { expect } from "vitest";
import { certificateRequest } from "../../functions/src/testing/certificateRequest.ts";
import { type Credentials, call, type Reply, registration } from "../../functions/src/testing/client.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "../../functions/src/testing/world.ts";
import { DEMO_KEYS, demoKeys, SimulatedUe } from "../../scripts/dev/simulator/ue.ts";

/** Generous: machines are busy, and what must come comes. */
export const SOON_MS = 30_000;
export const MEGABIT = 1_000_000;

const { k, opc } = DEMO_KEYS;
/** The latency of what operators do and what is to happen within a second is told of so many. */
const PERCENT = 100;

/** An enrolled box, with what its MME and SMF need. */
export interface TestEpc {
  id: string;
  realm: string;
  mme: string;
  smf: string;
  credentials: Credentials;
  tls?: { ca: string; cert: string; key: string; serverName: string };
}

export class CloudWorld {
  readonly projectId: string;
  readonly world: World;
  private readonly plmn: Plmn = { mcc: "901", mnc: String(Math.floor(Math.random() * 900) + 100) };
  private serial = 0;

  private constructor(projectId: string, world: World) {
    this.projectId = projectId;
    this.world = world;
  }

  /** To be called once for a process: it settles which project the functions use. */
  static async start(): Promise<CloudWorld> {
    if (!process.env.FIRESTORE_EMULATOR_HOST) throw new Error("this test needs emulators: npm run with-stack");
    const projectId = `demo-e2e-${randomBytes(5).toString("hex")}`;
    process.env.GCLOUD_PROJECT = projectId;
    return new CloudWorld(projectId, await startWorld());
  }

  /** Environment of a daemon of this cloud. `firestore`: another way to it. */
  daemonEnv(firestore?: string): Record<string, string> {
    return { GCLOUD_PROJECT: this.projectId, ...(firestore ? { FIRESTORE_EMULATOR_HOST: firestore } : {}) };
  }

  /** `plain`: its EPCs connect from their address, without TLS. */
  async tenant({ plain = true } = {}): Promise<TestTenant> {
    const made = await makeTenant(this.world.deps, { plmns: [this.plmn] });
    if (!plain) return made;
    const diameter = { ...made.tenant.diameter, tls: false };
    await this.world.deps.store.write().patch(paths.tenant(made.id), { diameter }).commit();
    return { ...made, tenant: { ...made.tenant, diameter } };
  }

  /** Enrols a box from 127.0.0.1, with a certificate where the tenant's EPCs use TLS. */
  async epc({ id, token, tenant }: TestTenant): Promise<TestEpc> {
    const request = tenant.diameter.tls ? certificateRequest() : undefined;
    const body = registration({ tenant_id: id, enrollment_token: token, ...(request ? { csr: request.csr } : {}) });
    const reply = await call(this.world.url, "POST", "/api/epc/auto-register", body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    const { epc_id: epcId, diameter, ...rest } = reply.body;
    const { realm } = tenant.diameter;
    const identity = (role: "mme" | "smf") => diameterIdentity(role, EpcId.parse(epcId), realm);
    return {
      ...{ id: epcId, realm, mme: identity("mme"), smf: identity("smf"), credentials: { epc_id: epcId, ...rest } },
      ...(request && {
        tls: {
          ...{ ca: diameter.ca_pem, cert: diameter.certificate_pem, key: request.keyPem },
          serverName: diameter.hss_identity,
        },
      }),
    };
  }

  /** A request of the tenant's operators. */
  api({ apiKey }: TestTenant, method: string, path: string, body?: unknown): Promise<Reply> {
    return call(this.world.url, method, path, body, { "x-api-key": apiKey });
  }

  /** The same, which must succeed. */
  async done(tenant: TestTenant, method: string, path: string, body?: unknown): Promise<Reply["body"]> {
    const reply = await this.api(tenant, method, path, body);
    expect(reply.status, `${method} ${path}: ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  }

  newImsi(): Imsi {
    this.serial += 1;
    return Imsi.parse(this.plmn.mcc + this.plmn.mnc + String(this.serial).padStart(9, "0"));
  }

  /** A subscriber made through the API, as a telephone with its card. */
  async subscriber(tenant: TestTenant, settings: object = {}): Promise<SimulatedUe> {
    const imsi = this.newImsi();
    await this.done(tenant, "POST", "/api/hss/subscribers", { imsi, keys: { k, opc }, ...settings });
    return new SimulatedUe({ imsi, keys: demoKeys() });
  }

  /** A plan of these rates, Mbit/s. */
  async plan(tenant: TestTenant, id: string, downlink: number, uplink: number): Promise<void> {
    await this.done(tenant, "PUT", `/api/hss/plans/${id}`, {
      ...{ name: id, description: "", qci: 9, rules: [] },
      rates: { downlink: downlink * MEGABIT, uplink: uplink * MEGABIT },
      arp: { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true },
    });
  }

  /** A subscriber as Firestore has it. */
  async stored({ id }: TestTenant, imsi: string): Promise<Subscriber | undefined> {
    return (await this.world.deps.store.subscribers.get(id, Imsi.parse(imsi)))?.data;
  }

  /** The network of all tenants of this cloud. */
  get visitedPlmn(): Plmn {
    return this.plmn;
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** Waits until `look` gives something. @throws Error with `what` when it doesn't in time. */
export async function until<T>(
  what: string | (() => string),
  look: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = SOON_MS,
): Promise<T> {
  for (const deadline = Date.now() + limitMs; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${typeof what === "string" ? what : what()}: waited in vain`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** Median and longest of some durations in ms, for people. */
export function spread(durations: readonly number[]): string {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (percent: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / PERCENT))] ?? 0);
  return `p50 ${at(50)} ms, max ${at(PERCENT)} ms of ${sorted.length}`;
}
