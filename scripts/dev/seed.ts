// The demo world of docs (tenants, people, tokens, keys, two enrolled EPCs, subscribers, remote SIM), made through the system's own operations.
// Its values are public, so it refuses any project that isn't a demo.
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  DEFAULT_CHANNEL,
  type Epc,
  EpcId,
  newEpc,
  OWN_REPOSITORY,
  paths,
  type Role,
  type Tenant,
  TenantId,
} from "@wisptools/core";
import type { Person } from "@wisptools/store";
import { dependencies } from "../../functions/src/config.ts";
import type { Deps } from "../../functions/src/deps.ts";
import { SYSTEM } from "../../functions/src/operations/audit.ts";
import { buildScript } from "../../functions/src/operations/buildScript.ts";
import { addMember, createTenant } from "../../functions/src/operations/createTenant.ts";
import { admitPeers } from "../../functions/src/operations/diameterPeers.ts";
import { publishEverywhere } from "../../functions/src/operations/repository/publishKeyring.ts";
import { agentPackageFolder } from "../release/agentPackage.ts";
import { offsetFromEnvironment, portsAt } from "./ports.ts";
import { type DemoRemsim, LAB_REMSIM, seedRemsim, seedRemsimServer, WISP123_REMSIM } from "./seed-remsim.ts";
import { type DemoSubscribers, seedSubscribers } from "./seed-subscribers.ts";
import { open5gsStandIns } from "./simulated-box/standIns.ts";

const PASSWORD = "wisptools-demo";
const PEOPLE = {
  owner: person("demo-owner-wisp123", "owner@wisp123.test", "Wisp123 owner"),
  engineer: person("demo-engineer-wisp123", "engineer@wisp123.test", "Wisp123 engineer"),
  viewer: person("demo-viewer-wisp123", "viewer@wisp123.test", "Wisp123 viewer"),
  labOwner: person("demo-owner-lab", "owner@lab.test", "Lab owner"),
  platform: { ...person("demo-admin-platform", "admin@platform.test", "Platform administrator"), platformAdmin: true },
  nobody: person("demo-nobody", "nobody@nowhere.test", "Nobody"),
};

interface DemoTenant {
  id: TenantId;
  name: string;
  realm: string;
  plmn: Tenant["plmns"][number];
  policy: Tenant["enrolmentPolicy"];
  owner: Person;
  members: [Person, Role][];
  token: string;
  apiKey: string;
  epc: { id: EpcId; tac: number; site: string; authCode: string; apiKey: string; secretKey: string };
  subscribers: Pick<DemoSubscribers, "active" | "suspended" | "msisdn">;
  /** The integer that remote-SIM clients send. */
  remsimTenantId: number;
  remsim: DemoRemsim;
}

const TENANTS: DemoTenant[] = [
  {
    id: TenantId.parse("tenant_wisp123"),
    name: "Wisp 123",
    realm: "wisp123.wisptools.local",
    plmn: { mcc: "001", mnc: "01" },
    policy: "token",
    owner: PEOPLE.owner,
    members: [
      [PEOPLE.engineer, "engineer"],
      [PEOPLE.viewer, "viewer"],
    ],
    token: "wt_enroll_demo_wisp123",
    apiKey: "wt_key_demo_wisp123",
    epc: demoEpc("epc_00000000000000a1", 1, "Protocol test site", "a", "b", "c"),
    subscribers: { active: 50, suspended: 1, msisdn: "1555010" },
    remsimTenantId: 1,
    remsim: WISP123_REMSIM,
  },
  {
    id: TenantId.parse("tenant_lab_test"),
    name: "Lab test",
    realm: "lab.wisptools.local",
    plmn: { mcc: "999", mnc: "70" },
    policy: "approval",
    owner: PEOPLE.labOwner,
    members: [],
    token: "wt_enroll_demo_lab",
    apiKey: "wt_key_demo_lab",
    epc: demoEpc("epc_00000000000000b2", 1, "Lab bench", "d", "e", "f"),
    subscribers: { active: 10, suspended: 0, msisdn: "1555020" },
    remsimTenantId: 2,
    remsim: LAB_REMSIM,
  },
];

function person(uid: string, email: string, displayName: string): Person {
  return { uid, email, displayName, emailVerified: true, platformAdmin: false };
}

function demoEpc(id: string, tac: number, site: string, auth: string, key: string, secret: string): DemoTenant["epc"] {
  return {
    id: EpcId.parse(id),
    tac,
    site,
    authCode: auth.repeat(32),
    apiKey: key.repeat(64),
    secretKey: secret.repeat(64),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Fills the running emulators with the demo world; does nothing where it is already there. */
export async function seed(): Promise<void> {
  if (!process.env.GCLOUD_PROJECT?.startsWith("demo-")) throw new Error("the demo world is for demo- projects only");
  const deps = dependencies(join(import.meta.dirname, "../device"), agentPackageFolder());
  await Promise.all(Object.values(PEOPLE).map((one) => deps.store.people.put(one, PASSWORD)));
  await seedRemsimServer(deps, PEOPLE.platform);
  for (const demo of TENANTS) {
    if (!(await deps.store.tenants.get(demo.id))) await seedTenant(deps, demo);
  }
}

async function seedTenant(deps: Deps, demo: DemoTenant): Promise<void> {
  const caller = { person: demo.owner, requestId: "seed" };
  const { id, name, realm, plmn } = demo;
  const ports = portsAt(offsetFromEnvironment());
  const created = await createTenant(deps, caller, { tenant_id: id, name, realm, plmn }, () => demo.remsimTenantId);
  const tenant: Tenant = {
    ...created,
    enrolmentPolicy: demo.policy,
    diameter: {
      ...created.diameter,
      hssHost: "127.0.0.1",
      hssPort: ports.hss,
      pcrfHost: "127.0.0.1",
      pcrfPort: ports.pcrf,
      tls: false,
    },
    // The stand-ins of Open5GS that the simulated box can install.
    coreSource: { uri: OWN_REPOSITORY, suite: DEFAULT_CHANNEL, components: [] },
    settings: { ...created.settings, reportIntervalSeconds: 10 },
  };
  await publishEverywhere(deps, id, SYSTEM, "stand-ins of Open5GS", async () => open5gsStandIns("2.7.6"));
  const write = deps.store.write();
  write.patch(paths.tenant(id), {
    enrolmentPolicy: tenant.enrolmentPolicy,
    diameter: tenant.diameter,
    coreSource: tenant.coreSource,
    settings: tenant.settings,
  });
  for (const [member, role] of demo.members) addMember(deps, write, tenant, member, role, demo.owner.uid);
  addKeys(deps, write, demo);
  await addEpc(deps, write, tenant, demo.epc);
  await write.commit();
  await seedSubscribers(deps, { tenantId: id, network: plmn.mcc + plmn.mnc, ...demo.subscribers });
  await seedRemsim(deps, id, demo.owner, demo.remsim);
}

type Write = ReturnType<Deps["store"]["write"]>;

function addKeys(deps: Deps, write: Write, demo: DemoTenant): void {
  const common = (secret: string) => ({
    schemaVersion: 1,
    id: sha256(secret),
    tenantId: demo.id,
    label: "Demo",
    hint: secret.slice(0, 14),
    createdAt: deps.now(),
    createdBy: demo.owner.displayName,
  });
  write.create(paths.enrolmentToken(demo.id, sha256(demo.token)), { ...common(demo.token), uses: 0 });
  write.create(paths.apiKey(demo.id, sha256(demo.apiKey)), { ...common(demo.apiKey), role: "admin" });
}

async function addEpc(deps: Deps, write: Write, tenant: Tenant, demo: DemoTenant["epc"]): Promise<void> {
  const now = deps.now();
  const credentialId = sha256(demo.apiKey);
  const identity = `serial:demo-${demo.id}`;
  const box = {
    hardware: { identity, hostname: "demo", disks: [], nics: [] },
    network: { primaryIp: "127.0.0.1", dnsServers: [] },
    os: {},
    siteName: demo.site,
  };
  const plmn = tenant.plmns[0] as Tenant["plmns"][number];
  const facts = {
    id: demo.id,
    tac: demo.tac,
    plmn,
    siteName: demo.site,
    credentialId,
    enrolment: { at: now },
    location: undefined,
  };
  const fresh = newEpc(tenant, box, facts, now);
  const epc: Epc = {
    ...fresh,
    reportIntervalSeconds: 60,
    credentials: { current: credentialId, pending: [], generation: 1, issuedAt: now },
  };
  write.create(paths.epc(tenant.id, epc.id), epc);
  admitPeers(write, tenant, epc, []);
  write.create(paths.tac(tenant.id, epc.tac), { schemaVersion: 1, epcId: epc.id });
  write.create(paths.hardware(sha256(identity)), {
    schemaVersion: 1,
    tenantId: tenant.id,
    epcId: epc.id,
    createdAt: now,
  });
  write.create(paths.deviceCredential(credentialId), {
    schemaVersion: 1,
    tenantId: tenant.id,
    epcId: epc.id,
    generation: 1,
    authCodeSha256: sha256(demo.authCode),
    secretKey: await deps.store.vault.seal(tenant.id, `device-hmac/${credentialId}`, demo.secretKey),
    createdAt: now,
  });
  await buildScript(deps, write, tenant, epc, { version: 1, reason: "enrolment", createdBy: "system" });
}
