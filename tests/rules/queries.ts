// The queries of the system, and what each index override is for. The emulator needs no index, so production would be
// the first to refuse a query that is missing here.
import { ApiKey, AuditEntry, EnrolmentToken } from "../../packages/core/src/documents/access.ts";
import { Claim, Command, Epc, EpcEvent, HistoryHour, Script } from "../../packages/core/src/documents/epc.ts";
import { Invitation, Member } from "../../packages/core/src/documents/people.ts";

export type Query = {
  of: string;
  collection: string;
  scope: "COLLECTION" | "COLLECTION_GROUP";
  equal?: string[];
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
  events: { data: "free fields, shown with their event", expireAt: "only the TTL reads it" },
  claims: {
    hardware: "dozens of fields, from strangers",
    network: "from strangers, never asked for",
    expireAt: "only the TTL reads it",
  },
};

/** The schema of each collection that queries or overrides speak of. */
export const SCHEMAS: Record<string, { shape: object }> = {
  apiKeys: ApiKey,
  audit: AuditEntry,
  claims: Claim,
  commands: Command,
  enrolmentTokens: EnrolmentToken,
  epcs: Epc,
  events: EpcEvent,
  history: HistoryHour,
  invitations: Invitation,
  members: Member,
  scripts: Script,
};
