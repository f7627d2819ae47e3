// What each report becomes in Firestore.
import { paths } from "@wisptools/core";
import { serverTime, type Write } from "@wisptools/store";
import { plmnOf } from "../plmnOctets.ts";
import type { Registration, Registrations, Sessions } from "../records.ts";
import type { LiveChange, Report } from "./report.ts";
import { sessionKey } from "./sessions.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** An open session's record goes by itself if nobody ends it. */
const OPEN_SESSION_DAYS = 400;
const ENDED_SESSION_DAYS = 90;
const ACTIVITY_DAYS = 90;
const COMMAND_DAYS = 7;
/** A request to another daemon makes no sense for longer: the subscriber has moved on. */
export const COMMAND_MS = 5 * MINUTE_MS;

export interface WriteContext {
  daemonId: string;
  registrations: Registrations;
  sessions: Sessions;
  now: () => number;
}

type Of<K extends Report["kind"]> = Extract<Report, { kind: K }>;

/** What strangers sent must not lead to another place in the database. */
function segment(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/.test(name)) throw new Error("a name that cannot be the id of a document");
  return name;
}

/** Adds a report to a write. Writing it again changes nothing. @throws for names that can't be ids. */
export function addReport(write: Write, report: Report, context: WriteContext): void {
  const { tenantId } = report;
  switch (report.kind) {
    case "live":
      write.patch(paths.subscriber(tenantId, segment(report.imsi)), liveFields(report, context));
      return;
    case "offset":
      write.patch(paths.hssProfile(tenantId, segment(report.imsi)), {
        sqnOffset: report.offset,
        updatedAt: serverTime(),
      });
      return;
    case "equipment":
      write.create(paths.equipmentSighting(tenantId, segment(report.imsi), segment(report.imei)), sighting(report));
      return;
    case "session":
      write.merge(paths.session(tenantId, sessionKey(report.session.sessionId)), session(report));
      return;
    case "activity":
      write.merge(paths.subscriberActivity(tenantId, report.id), activity(report));
      return;
    case "connection":
      write.merge(paths.mmeConnection(tenantId, segment(report.originHost)), connection(report, context.daemonId));
      return;
    case "command":
      write.create(paths.hssCommand(tenantId, report.id), command(report, context.daemonId));
      return;
  }
}

/** Fields of subscribers/{imsi} to set, by dotted path; undefined removes one. Whatever else an operator changes stays. */
export function liveFields({ imsi, change }: Of<"live">, { registrations, sessions }: WriteContext): object {
  const known = registrations.get(imsi);
  // Other daemons follow `updatedAt`: an authentication is no news to them. Nor does it say where the subscriber is: another daemon may know better.
  const concernsOthers = change.registration !== undefined || change.gone !== undefined;
  return {
    ...(concernsOthers ? { ...placeFields(change, known), "live.updatedAt": serverTime() } : {}),
    ...(concernsOthers || change.sessions
      ? { "live.sessions": Object.fromEntries(sessions.ofSubscriber(imsi).map(({ apn, address }) => [apn, address])) }
      : {}),
    ...(change.lastAuthenticationAt === undefined
      ? {}
      : { "live.lastAuthenticationAt": new Date(change.lastAuthenticationAt) }),
    ...(change.lastFailure
      ? { "live.lastFailure": { at: new Date(change.lastFailure.at), reason: change.lastFailure.reason } }
      : {}),
    ...(change.equipment
      ? { "live.imei": change.equipment.imei, "live.softwareVersion": change.equipment.softwareVersion }
      : {}),
    ...(change.usage ? { "live.usage": change.usage } : {}),
  };
}

/** Where the subscriber is served. What was queued may be older than what is known by now. */
function placeFields(change: LiveChange, known: Registration | undefined): object {
  const { gone: left } = change;
  if (left?.state === "purged" && (known?.at ?? 0) <= left.at) return { "live.state": "purged" };
  const registration = known ?? (change.gone ? undefined : change.registration);
  if (registration) return registrationFields(registration);
  const gone = ["mme", "mmeRealm", "epcId", "visitedPlmn", "ratType"].map((field) => [`live.${field}`, undefined]);
  // `registeredAt` stays or is set: it tells other daemons which registration is over.
  const at = change.gone?.at;
  return {
    "live.state": "detached",
    ...Object.fromEntries(gone),
    ...(at ? { "live.registeredAt": new Date(at) } : {}),
  };
}

function registrationFields(registration: Registration): object {
  const { mme, mmeRealm, epcId, visitedPlmn, ratType, at, purged } = registration;
  return {
    "live.state": purged ? "purged" : "attached",
    "live.mme": mme,
    "live.mmeRealm": mmeRealm,
    "live.epcId": epcId,
    "live.visitedPlmn": plmnOf(Buffer.from(visitedPlmn, "hex")),
    "live.ratType": ratType,
    "live.registeredAt": new Date(at),
  };
}

function sighting({ tenantId, imei, firstAt, lastAt }: Of<"equipment">): object {
  return { schemaVersion: 1, imei, tenantId, firstSeenAt: new Date(firstAt), lastSeenAt: new Date(lastAt) };
}

function session({ session: gx, state, endedAt, at }: Of<"session">): object {
  const { sessionId, tenantId, imsi, apn, address, epcId, peer, startedAt, uplink, downlink, granted } = gx;
  const ended = endedAt === undefined ? {} : { endedAt: new Date(endedAt) };
  const days = state === "open" ? OPEN_SESSION_DAYS : ENDED_SESSION_DAYS;
  return {
    ...{ schemaVersion: 1, id: sessionKey(sessionId), tenantId, imsi, apn, address, epcId, peer, state },
    startedAt: new Date(startedAt),
    ...ended,
    usage: { uplink, downlink },
    ...(granted ? { rates: granted.rates } : {}),
    updatedAt: serverTime(),
    expireAt: new Date((endedAt ?? at) + days * DAY_MS),
  };
}

function activity(report: Of<"activity">): object {
  const { tenantId, id, imsi, epcId, severity, message, at } = report;
  return {
    ...{ schemaVersion: 1, id, tenantId, imsi, epcId, kind: report.activity, severity, message },
    at: new Date(at),
    expireAt: new Date(at + ACTIVITY_DAYS * DAY_MS),
  };
}

function connection(report: Of<"connection">, daemonId: string): object {
  const { originHost, tenantId, epcId, role, state, reason, address, tls, at } = report;
  return {
    ...{ schemaVersion: 1, originHost, tenantId, epcId, role, state, reason, address, tls, daemonId },
    since: new Date(at),
    updatedAt: serverTime(),
  };
}

function command(report: Of<"command">, daemonId: string): object {
  const { id, tenantId, imsi, action, peer, cancellationType, at } = report;
  return {
    ...{ schemaVersion: 1, id, tenantId, action, imsi, peer, cancellationType, state: "pending" },
    issuedBy: daemonId,
    issuedAt: new Date(at),
    expiresAt: new Date(at + COMMAND_MS),
    expireAt: new Date(at + COMMAND_DAYS * DAY_MS),
  };
}
