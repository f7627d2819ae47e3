// Who may read what. The tests hold the rules to this table in both directions.
import type { Role } from "../../packages/core/src/domain/roles.ts";
import { paths } from "../../packages/core/src/paths.ts";

export const HOME = "tenant_home";
export const FOREIGN = "tenant_foreign";
export const EPC = "epc_00112233445566aa";
export const IMSI = "001010000000001";
const HASH = "0f".repeat(32);
export const ROUTER = "rc_00112233445566aabbccddee";

/** `self`: only the person whose document it is; `nobody`: the server alone; a role: it and those above it. */
export type Least = Role | "self" | "nobody";

export type Row = {
  /** As paths.ts spells it, wildcards numbered. */
  collection: string;
  /** A document that exists. */
  document: string;
  get: Least;
  list: Least;
  /** The largest limit a list may ask for. */
  limit: number;
};

/** The person whose own document stands for users/{uid}. */
export const SELF = "viewer";

const tenant = { get: "viewer", list: "viewer", limit: 500 } as const;
const admin = { get: "admin", list: "admin", limit: 500 } as const;
const closed = { get: "nobody", list: "nobody", limit: 0 } as const;

export const ACCESS: Row[] = [
  { collection: "users", document: paths.user(SELF), get: "self", list: "nobody", limit: 0 },
  { collection: "tenants", document: paths.tenant(HOME), get: "viewer", list: "nobody", limit: 0 },
  { collection: "tenants/{0}/members", document: paths.member(HOME, "owner"), ...tenant },
  { collection: "tenants/{0}/invitations", document: paths.invitation(HOME, "inv_00112233445566aa"), ...admin },
  { collection: "tenants/{0}/enrolmentTokens", document: paths.enrolmentToken(HOME, HASH), ...admin },
  { collection: "tenants/{0}/apiKeys", document: paths.apiKey(HOME, HASH), ...admin },
  { collection: "tenants/{0}/webhooks", document: paths.webhook(HOME, "wh_00112233445566aa"), ...admin },
  {
    collection: "tenants/{0}/webhookDeliveries",
    document: paths.webhookDelivery(HOME, `whd_${HASH.slice(0, 32)}`),
    ...admin,
  },
  { collection: "tenants/{0}/audit", document: paths.audit(HOME, "entry"), ...admin },
  {
    collection: "tenants/{0}/claims",
    document: paths.claim(HOME, "claim"),
    get: "installer",
    list: "installer",
    limit: 500,
  },
  { collection: "tenants/{0}/tacs", document: paths.tac(HOME, 1), ...tenant, limit: 1000 },
  { collection: "tenants/{0}/secrets", document: paths.secret(HOME, "signingKey"), ...closed },
  { collection: "tenants/{0}/epcs", document: paths.epc(HOME, EPC), ...tenant, limit: 1000 },
  {
    collection: "tenants/{0}/epcs/{1}/history",
    document: paths.historyHour(HOME, EPC, "2025102610"),
    ...tenant,
    limit: 750,
  },
  { collection: "tenants/{0}/epcs/{1}/events", document: paths.event(HOME, EPC, "event"), ...tenant },
  { collection: "tenants/{0}/epcs/{1}/commands", document: paths.command(HOME, EPC, "command"), ...tenant },
  { collection: "tenants/{0}/epcs/{1}/scripts", document: paths.script(HOME, EPC, 1), ...tenant },
  { collection: "tenants/{0}/subscribers", document: paths.subscriber(HOME, IMSI), ...tenant },
  {
    collection: "tenants/{0}/subscribers/{1}/equipment",
    document: paths.equipmentSighting(HOME, IMSI, "490154203237518"),
    ...tenant,
  },
  { collection: "tenants/{0}/plans", document: paths.plan(HOME, "gold"), ...tenant },
  { collection: "tenants/{0}/groups", document: paths.group(HOME, "business"), ...tenant },
  { collection: "tenants/{0}/apnProfiles", document: paths.apnProfile(HOME, "internet"), ...tenant },
  { collection: "tenants/{0}/eirEntries", document: paths.eirEntry(HOME, "imei-490154203237518"), ...tenant },
  { collection: "tenants/{0}/sessions", document: paths.session(HOME, "session"), ...tenant },
  {
    collection: "tenants/{0}/mmeConnections",
    document: paths.mmeConnection(HOME, "mme.epc-00112233445566aa.home.test"),
    ...tenant,
  },
  { collection: "tenants/{0}/subscriberActivity", document: paths.subscriberActivity(HOME, "entry"), ...tenant },
  { collection: "tenants/{0}/hssCommands", document: paths.hssCommand(HOME, "hcmd_00112233445566aa"), ...tenant },
  {
    collection: "tenants/{0}/subscriberImports",
    document: paths.subscriberImport(HOME, "imp_00112233445566aa"),
    ...tenant,
  },
  { collection: "tenants/{0}/packages", document: paths.package(HOME, "hello_1.0-1_all"), ...tenant },
  { collection: "tenants/{0}/packageUploads", document: paths.packageUpload(HOME, "upload"), ...closed },
  { collection: "tenants/{0}/channels", document: paths.channel(HOME, "stable"), ...tenant },
  { collection: "tenants/{0}/snapshots", document: paths.snapshot(HOME, HASH), ...tenant },
  { collection: "tenants/{0}/publications", document: paths.publication(HOME, "stable-1"), ...tenant },
  { collection: "tenants/{0}/repositoryKeys", document: paths.repositoryKey(HOME, HASH.slice(0, 40)), ...tenant },
  { collection: "tenants/{0}/alerts", document: paths.alert(HOME, "alert"), ...tenant },
  { collection: "tenants/{0}/rollouts", document: paths.rollout(HOME, "ro_00112233445566aa"), ...tenant },
  {
    collection: "tenants/{0}/rollouts/{1}/devices",
    document: paths.rolloutDevice(HOME, "ro_00112233445566aa", EPC),
    ...tenant,
    limit: 1000,
  },
  { collection: "tenants/{0}/simBanks", document: paths.simBank(HOME, 1), ...tenant },
  { collection: "tenants/{0}/simBanks/{1}/slots", document: paths.simSlot(HOME, 1, 17), ...tenant, limit: 1100 },
  { collection: "tenants/{0}/simCards", document: paths.simCard(HOME, "8988211000000000015"), ...tenant },
  { collection: "tenants/{0}/slotClaims", document: paths.slotClaim(HOME, "1-17"), ...closed },
  { collection: "tenants/{0}/slotMaps", document: paths.slotMap(HOME, "1-17"), ...tenant },
  { collection: "tenants/{0}/remsimClients", document: paths.remsimClient(HOME, ROUTER), ...tenant },
  {
    collection: "tenants/{0}/remsimClients/{1}/configurations",
    document: paths.remsimConfiguration(HOME, ROUTER, 1),
    ...tenant,
  },
  {
    collection: "tenants/{0}/remsimClients/{1}/history",
    document: paths.remsimHistoryHour(HOME, ROUTER, "2025102610"),
    ...tenant,
    limit: 750,
  },
  { collection: "tenants/{0}/remsimClients/{1}/logs", document: paths.remsimLog(HOME, ROUTER, "chunk"), ...tenant },
  {
    collection: "tenants/{0}/remsimSettings",
    document: paths.remsimSettings(HOME),
    get: "viewer",
    list: "nobody",
    limit: 0,
  },
  { collection: "tenants/{0}/remsimLogins", document: paths.remsimLogin(HOME, "router1"), ...closed },
  { collection: "tenants/{0}/simImsis", document: paths.simImsi(HOME, IMSI), ...closed },
  { collection: "tenants/{0}/remsimCredentials", document: paths.remsimCredential(HOME, HASH), ...admin },
  { collection: "tenants/{0}/remsimEvents", document: paths.remsimEvent(HOME, "event"), ...tenant },
  { collection: "remsimServers", document: paths.remsimServer("local"), ...closed },
  { collection: "remsimServers/{0}/bankIds", document: paths.remsimBankId("local", 1), ...closed },
  { collection: "remsimTenantIds", document: paths.remsimTenantId(1), ...closed },
  { collection: "tenants/{0}/hssProfiles", document: paths.hssProfile(HOME, IMSI), ...closed },
  { collection: "imsis", document: paths.imsi(IMSI), ...closed },
  { collection: "diameterPeers", document: paths.diameterPeer("mme.epc-00112233445566aa.home.test"), ...closed },
  { collection: "daemons", document: paths.daemon("daemon"), ...closed },
  { collection: "daemonIndexes", document: paths.daemonIndex(0), ...closed },
  { collection: "platformSecrets", document: paths.platformSecret("diameterCa"), ...closed },
  { collection: "deviceCredentials", document: paths.deviceCredential(HASH), ...closed },
  { collection: "hardware", document: paths.hardware(HASH), ...closed },
];
