// The queries of the system, and what each index override is for. The emulator needs no index, so production would be
// the first to refuse a query that is missing here.
import { ApiKey, AuditEntry, EnrolmentToken } from "../../packages/core/src/documents/access.ts";
import { Alert } from "../../packages/core/src/documents/alert.ts";
import { DiameterPeer } from "../../packages/core/src/documents/diameter.ts";
import { Claim, Command, Epc, EpcEvent, HistoryHour, Script } from "../../packages/core/src/documents/epc.ts";
import { Invitation, Member } from "../../packages/core/src/documents/people.ts";
import {
  RemsimClient,
  RemsimCredential,
  RemsimEvent,
  RemsimLog,
  SimBank,
  SimSlot,
  SlotClaim,
  SlotMap,
} from "../../packages/core/src/documents/remsim.ts";
import {
  AptPackage,
  Channel,
  PackageUpload,
  Publication,
  RepositoryKey,
} from "../../packages/core/src/documents/repository.ts";
import { Rollout, RolloutDevice } from "../../packages/core/src/documents/rollout.ts";
import {
  ApnProfile,
  EirEntry,
  EquipmentSighting,
  Group,
  HssCommand,
  HssProfile,
  MmeConnection,
  PdnSession,
  Plan,
  Subscriber,
  SubscriberActivity,
  SubscriberImport,
} from "../../packages/core/src/documents/subscription.ts";
import { Webhook, WebhookDelivery } from "../../packages/core/src/documents/webhook.ts";

export type Query = {
  of: string;
  collection: string;
  scope: "COLLECTION" | "COLLECTION_GROUP";
  equal?: string[];
  /** Lists that must hold a value. */
  contains?: string[];
  /** Fields compared by order or sorted by; `__name__` is the document id. */
  order?: [field: string, direction: "ASCENDING" | "DESCENDING"][];
};

/** The server's, and the UI's own reads; ui.stack.test.ts adds its listeners. A query that goes takes its index. */
export const QUERIES: Query[] = [
  { of: "revoking an enrolment token by id", collection: "enrolmentTokens", scope: "COLLECTION_GROUP", equal: ["id"] },
  { of: "finding an API key by id", collection: "apiKeys", scope: "COLLECTION_GROUP", equal: ["id"] },
  {
    of: "the schedule that finds silent EPCs",
    collection: "epcs",
    scope: "COLLECTION_GROUP",
    order: [["offlineAt", "ASCENDING"]],
  },
  {
    of: "the schedule that expires open commands (state in …, expiresAt <= now)",
    collection: "commands",
    scope: "COLLECTION_GROUP",
    equal: ["state"],
    order: [["expiresAt", "ASCENDING"]],
  },
  { of: "pages of EPCs", collection: "epcs", scope: "COLLECTION", order: [["__name__", "ASCENDING"]] },
  {
    of: "pages of EPCs in one state",
    collection: "epcs",
    scope: "COLLECTION",
    equal: ["state"],
    order: [["__name__", "ASCENDING"]],
  },
  {
    of: "boxes that wait, newest first",
    collection: "claims",
    scope: "COLLECTION",
    equal: ["state"],
    order: [["lastSeenAt", "DESCENDING"]],
  },
  {
    of: "pages of boxes that wait",
    collection: "claims",
    scope: "COLLECTION",
    equal: ["state"],
    order: [["__name__", "ASCENDING"]],
  },
  { of: "the owners of a tenant", collection: "members", scope: "COLLECTION", equal: ["role"] },
  ...["hssProfiles", "plans", "groups", "apnProfiles", "eirEntries"].map(
    (collection): Query => ({
      of: `what daemons mirror of ${collection}`,
      collection,
      scope: "COLLECTION_GROUP",
      order: [["updatedAt", "ASCENDING"]],
    }),
  ),
  {
    of: "what daemons mirror of one another's registrations",
    collection: "subscribers",
    scope: "COLLECTION_GROUP",
    order: [["live.updatedAt", "ASCENDING"]],
  },
  {
    of: "who may connect to a daemon",
    collection: "diameterPeers",
    scope: "COLLECTION",
    order: [["updatedAt", "ASCENDING"]],
  },
  { of: "the Diameter peers of an EPC", collection: "diameterPeers", scope: "COLLECTION", equal: ["epcId"] },
  { of: "commands that daemons take", collection: "hssCommands", scope: "COLLECTION_GROUP", equal: ["state"] },
  ...[[], ["status"], ["planId"], ["groupId"]].map(
    (equal): Query => ({
      of: `subscribers by ${equal.join() || "IMSI"}, also those whose IMSI begins so`,
      collection: "subscribers",
      scope: "COLLECTION",
      equal,
      order: [["__name__", "ASCENDING"]],
    }),
  ),
  ...[[], ["status"], ["planId"], ["groupId"], ["status", "planId", "groupId"]].map(
    (equal): Query => ({
      of: `subscribers by ${equal.join() || "nothing else"} whose MSISDN begins so`,
      collection: "subscribers",
      scope: "COLLECTION",
      equal,
      order: [
        ["msisdn", "ASCENDING"],
        ["__name__", "ASCENDING"],
      ],
    }),
  ),
  {
    of: "subscribers by all filters at once",
    collection: "subscribers",
    scope: "COLLECTION",
    equal: ["status", "planId", "groupId"],
    order: [["__name__", "ASCENDING"]],
  },
  { of: "a subscriber that has an APN profile", collection: "subscribers", scope: "COLLECTION", contains: ["apnIds"] },
  { of: "how many are attached", collection: "subscribers", scope: "COLLECTION", equal: ["live.state"] },
  { of: "a group that has a plan", collection: "groups", scope: "COLLECTION", equal: ["planId"] },
  { of: "a group that has an APN profile", collection: "groups", scope: "COLLECTION", contains: ["apnIds"] },
  ...["plans", "groups", "apnProfiles"].map(
    (collection): Query => ({
      of: `all ${collection} but tombstones`,
      collection,
      scope: "COLLECTION",
      equal: ["deleted"],
    }),
  ),
  { of: "how many sessions are open", collection: "sessions", scope: "COLLECTION", equal: ["state"] },
  {
    of: "how many MMEs or SMFs are connected",
    collection: "mmeConnections",
    scope: "COLLECTION",
    equal: ["state", "role"],
  },
  ...(
    [
      ["sessions", "state", "startedAt"],
      ["sessions", "imsi", "startedAt"],
      ["subscriberActivity", "imsi", "at"],
      ["subscriberActivity", "kind", "at"],
    ] as const
  ).map(
    ([collection, field, time]): Query => ({
      of: `${collection} by ${field}, newest first`,
      collection,
      scope: "COLLECTION",
      equal: [field],
      order: [[time, "DESCENDING"]],
    }),
  ),
  {
    of: "the schedule that signs releases again before they expire",
    collection: "channels",
    scope: "COLLECTION_GROUP",
    order: [["validUntil", "ASCENDING"]],
  },
  {
    of: "the schedule that moves rollouts on",
    collection: "rollouts",
    scope: "COLLECTION_GROUP",
    equal: ["state"],
    order: [["__name__", "ASCENDING"]],
  },
  {
    of: "stopped rollouts with devices under way",
    collection: "rollouts",
    scope: "COLLECTION_GROUP",
    equal: ["state"],
    order: [
      ["underWay", "ASCENDING"],
      ["__name__", "ASCENDING"],
    ],
  },
  { of: "a tenant's rollouts that have not ended", collection: "rollouts", scope: "COLLECTION", equal: ["state"] },
  {
    of: "pages of rollouts, newest first",
    collection: "rollouts",
    scope: "COLLECTION",
    order: [
      ["createdAt", "DESCENDING"],
      ["__name__", "DESCENDING"],
    ],
  },
  ...[[], ["timeZone"]].map(
    (zone): Query => ({
      of: `devices of a group that wait for their turn${zone.length > 0 ? ", by their clocks" : ""}`,
      collection: "devices",
      scope: "COLLECTION",
      equal: ["group", "state", "underWay", ...zone],
      order: [["updatedAt", "ASCENDING"]],
    }),
  ),
  {
    of: "devices that may be told to go back, and those under way that are unheard",
    collection: "devices",
    scope: "COLLECTION",
    equal: ["state", "underWay"],
    order: [["updatedAt", "ASCENDING"]],
  },
  {
    of: "devices that were told and not heard of",
    collection: "devices",
    scope: "COLLECTION",
    equal: ["underWay", "state"],
    order: [["__name__", "ASCENDING"]],
  },
  {
    of: "devices whose time is over",
    collection: "devices",
    scope: "COLLECTION_GROUP",
    order: [["dueAt", "ASCENDING"]],
  },
  {
    of: "an EPC's part in rollouts, latest first",
    collection: "devices",
    scope: "COLLECTION_GROUP",
    equal: ["tenantId", "epcId"],
    order: [["updatedAt", "DESCENDING"]],
  },
  {
    of: "pages of packages of one name",
    collection: "packages",
    scope: "COLLECTION",
    equal: ["name"],
    order: [["__name__", "ASCENDING"]],
  },
  { of: "one version of a package", collection: "packages", scope: "COLLECTION", equal: ["name", "version"] },
  {
    of: "the history of a channel, newest first",
    collection: "publications",
    scope: "COLLECTION",
    equal: ["channel"],
    order: [["at", "DESCENDING"]],
  },
  {
    of: "what changed the channels, newest first",
    collection: "publications",
    scope: "COLLECTION",
    equal: ["action"],
    order: [["at", "DESCENDING"]],
  },
  { of: "the keys that sign", collection: "repositoryKeys", scope: "COLLECTION", equal: ["state"] },
  { of: "the webhooks that want an event", collection: "webhooks", scope: "COLLECTION", contains: ["events"] },
  ...[[], ["state"]].map(
    (state): Query => ({
      of: `deliveries of a webhook${state.length > 0 ? " in one state" : ""}, newest first`,
      collection: "webhookDeliveries",
      scope: "COLLECTION",
      equal: ["webhookId", ...state],
      order: [
        ["createdAt", "DESCENDING"],
        ["__name__", "DESCENDING"],
      ],
    }),
  ),
  {
    of: "given-up deliveries of a webhook, oldest first",
    collection: "webhookDeliveries",
    scope: "COLLECTION",
    equal: ["webhookId", "state"],
    order: [["createdAt", "ASCENDING"]],
  },
  {
    of: "the schedule that finds lost deliveries",
    collection: "webhookDeliveries",
    scope: "COLLECTION_GROUP",
    order: [["nextAttemptAt", "ASCENDING"]],
  },
  ...[[], ["mcc"], ["mccMnc"]].flatMap((network): Query[] => {
    const of = `cards of a bank by ${network.join() || "no network"}`;
    const slots = { collection: "slots", scope: "COLLECTION" as const, equal: ["poolId", "state", ...network] };
    return [
      { ...slots, of: `how many ${of} are in a state` },
      { ...slots, of: `free ${of}, longest free first`, order: [["availableAt", "ASCENDING"]] },
      { ...slots, of: `${of} with room for profiles, fewest first`, order: [["profiles", "ASCENDING"]] },
    ];
  }),
  {
    of: "profiles of a pool, added up",
    collection: "slots",
    scope: "COLLECTION",
    equal: ["poolId"],
    order: [["profiles", "ASCENDING"]],
  },
  ...["slotMaps", "slotClaims"].map(
    (collection): Query => ({
      of: `${collection} of a bank, by how their ids begin`,
      collection,
      scope: "COLLECTION",
      order: [["__name__", "ASCENDING"]],
    }),
  ),
  ...(
    [
      ["remsimEvents", "type"],
      ["remsimEvents", "clientKey"],
      ["remsimEvents", "bankId"],
      ["logs", "kind"],
    ] as const
  ).map(
    ([collection, field]): Query => ({
      of: `${collection} by ${field}, newest first`,
      collection,
      scope: "COLLECTION",
      equal: [field],
      order: [["at", "DESCENDING"]],
    }),
  ),
  { of: "the login of a router", collection: "remsimCredentials", scope: "COLLECTION_GROUP", equal: ["id"] },
  ...(
    [
      ["leases that are due", "remsimClients", "leaseUntil"],
      ["banks that the sweep shall look at", "simBanks", "sweepAt"],
      ["slots that the sweep shall look at", "slots", "sweepAt"],
    ] as const
  ).map(
    ([of, collection, field]): Query => ({
      of,
      collection,
      scope: "COLLECTION_GROUP",
      order: [[field, "ASCENDING"]],
    }),
  ),
  ...[[], ["state"]].map(
    (state): Query => ({
      of: `slots of a tenant${state.length > 0 ? " in one state" : ""}, in order`,
      collection: "slots",
      scope: "COLLECTION_GROUP",
      equal: ["tenantId", ...state],
      order: [
        ["bankId", "ASCENDING"],
        ["slotId", "ASCENDING"],
      ],
    }),
  ),
  { of: "imports of one file", collection: "subscriberImports", scope: "COLLECTION", equal: ["sha256"] },
  { of: "hours of a chart", collection: "history", scope: "COLLECTION", order: [["__name__", "ASCENDING"]] },
];

/** Fields without any index, and why. */
export const EXEMPT: Record<string, Record<string, string>> = {
  history: { samples: "thousands of figures an hour, read whole", expireAt: "only the TTL reads it" },
  epcs: {
    latest: "changes each minute",
    interfaces: "changes each minute; up to 128 numbers",
    apnSessions: "changes each minute",
    lastSeenAt: "changes each minute; the schedule asks for offlineAt",
    spoolDropped: "may change each minute",
    recent: "changes each minute",
    components: "written each minute, a map of maps",
    enbs: "written each minute",
    replayMark: "changes each minute",
    updatedAt: "changes each minute",
    uptimeSeconds: "changes each minute",
    clockOffsetSeconds: "changes each minute",
    pendingCommands: "may hold scripts of 8,000 characters",
    deployment: "changes with each step of a deployment",
    hardware: "dozens of fields, never asked for",
  },
  commands: {
    output: "64 KiB of text",
    request: "may hold a script of 8,000 characters",
    expireAt: "only the TTL reads it",
  },
  subscribers: {
    live: "changes with each authentication; but for its state and time",
    imported: "read with its subscriber",
    roaming: "read with its subscriber",
    staticAddresses: "read with its subscriber",
  },
  hssProfiles: Object.fromEntries(
    [
      ...["keys", "label", "msisdn", "iccid", "imei", "staticAddresses", "roaming", "deniedRats", "apnIds", "planId"],
      ...["groupId", "status", "algorithm", "amf", "sqnOffset"],
    ].map((field) => [field, "daemons ask for updatedAt alone"]),
  ),
  sessions: {
    usage: "changes with each report",
    rates: "read with its session",
    updatedAt: "changes with each report",
  },
  subscriberActivity: { message: "text for people" },
  subscriberImports: { errors: "a hundred maps" },
  packages: { stanza: "text, read with its package" },
  packageUploads: { expireAt: "only the TTL reads it" },
  channels: { current: "signed texts and index files" },
  publications: { added: "hundreds of ids", removed: "hundreds of ids" },
  repositoryKeys: { publicKey: "armoured text", announcement: "armoured text" },
  rollouts: { counts: "changes with each report", strategy: "read with its rollout", target: "read with its rollout" },
  devices: { history: "read with its device", previous: "read with its device" },
  events: { data: "free fields, shown with their event", expireAt: "only the TTL reads it" },
  remsimEvents: { expireAt: "only the TTL reads it" },
  logs: { expireAt: "only the TTL reads it" },
  webhookDeliveries: {
    event: "free fields, read with their delivery",
    attempts: "read with their delivery",
    begun: "read with its delivery",
    begunBefore: "read with its delivery",
    updatedAt: "read with its delivery",
    expireAt: "only the TTL reads it",
  },
  claims: {
    hardware: "dozens of fields, from strangers",
    network: "from strangers, never asked for",
    expireAt: "only the TTL reads it",
  },
};

for (const collection of [
  ...["hssProfiles", "plans", "groups", "apnProfiles", "eirEntries", "diameterPeers"],
  ...["sessions", "subscriberActivity", "hssCommands", "subscriberImports"],
]) {
  EXEMPT[collection] = { ...EXEMPT[collection], expireAt: "only the TTL reads it" };
}

/** The schema of each collection that queries or overrides speak of. */
export const SCHEMAS: Record<string, { shape: object }> = {
  alerts: Alert,
  apiKeys: ApiKey,
  apnProfiles: ApnProfile,
  audit: AuditEntry,
  channels: Channel,
  claims: Claim,
  commands: Command,
  devices: RolloutDevice,
  diameterPeers: DiameterPeer,
  eirEntries: EirEntry,
  enrolmentTokens: EnrolmentToken,
  epcs: Epc,
  equipment: EquipmentSighting,
  events: EpcEvent,
  groups: Group,
  history: HistoryHour,
  hssCommands: HssCommand,
  hssProfiles: HssProfile,
  invitations: Invitation,
  logs: RemsimLog,
  members: Member,
  mmeConnections: MmeConnection,
  packages: AptPackage,
  packageUploads: PackageUpload,
  plans: Plan,
  publications: Publication,
  remsimClients: RemsimClient,
  remsimCredentials: RemsimCredential,
  remsimEvents: RemsimEvent,
  repositoryKeys: RepositoryKey,
  rollouts: Rollout,
  scripts: Script,
  sessions: PdnSession,
  simBanks: SimBank,
  slotClaims: SlotClaim,
  slotMaps: SlotMap,
  slots: SimSlot,
  subscriberActivity: SubscriberActivity,
  subscriberImports: SubscriberImport,
  subscribers: Subscriber,
  webhookDeliveries: WebhookDelivery,
  webhooks: Webhook,
};
