import {
  ApnProfile,
  EirEntry,
  EquipmentSighting,
  Group,
  HssCommand,
  MmeConnection,
  PdnSession,
  Plan,
  Subscriber,
  SubscriberActivity,
  SubscriberImport,
} from "@wisptools/core/documents/subscription";
import { paths } from "@wisptools/core/paths";
import type { DocumentSource, ListSource } from "./source.ts";

/** What a row of the subscriber table needs; parsing less keeps a thousand of them cheap. */
export const SubscriberRow = Subscriber.pick({
  imsi: true,
  revision: true,
  msisdn: true,
  label: true,
  status: true,
  planId: true,
  groupId: true,
  apnIds: true,
  live: true,
});
export type SubscriberRow = ReturnType<typeof SubscriberRow.parse>;

/** What is shown of a tenant with more subscribers is asked for by search and filters. */
export const SUBSCRIBER_LIMIT = 500;
/** Greater than every character that people type. */
const LAST = "\uf8ff";

const rows = (t: string, where: NonNullable<ListSource<unknown>["where"]> = []): ListSource<SubscriberRow> => ({
  path: paths.subscribers(t),
  schema: SubscriberRow,
  limit: SUBSCRIBER_LIMIT,
  where,
});
const beginning = (t: string, field: string, text: string): ListSource<SubscriberRow> =>
  rows(t, [
    [field, ">=", text],
    [field, "<", text + LAST],
  ]);
/** Deleted ones stay a while as tombstones, for the daemons. */
const kept = [["deleted", "==", false]] as const;

/** Every listener of the Subscribers section; apart from sources.ts, so that the first load goes without their schemas. */
export const subscriberSources = {
  subscribers: (t: string) => rows(t),
  subscribersOf: (t: string, field: "status" | "planId" | "groupId", value: string) => rows(t, [[field, "==", value]]),
  subscribersByImsi: (t: string, digits: string) => beginning(t, "imsi", digits),
  subscribersByMsisdn: (t: string, digits: string) => beginning(t, "msisdn", digits),
  subscribersByLabel: (t: string, text: string) => beginning(t, "label", text),
  subscriber: (t: string, imsi: string): DocumentSource<Subscriber> => ({
    path: paths.subscriber(t, imsi),
    schema: Subscriber,
  }),
  equipmentOf: (t: string, imsi: string): ListSource<EquipmentSighting> => ({
    path: paths.equipment(t, imsi),
    schema: EquipmentSighting,
    orderBy: ["lastSeenAt", "desc"],
    limit: 50,
  }),
  plans: (t: string): ListSource<Plan> => ({ path: paths.plans(t), schema: Plan, where: kept, limit: 200 }),
  groups: (t: string): ListSource<Group> => ({ path: paths.groups(t), schema: Group, where: kept, limit: 200 }),
  apns: (t: string): ListSource<ApnProfile> => ({
    path: paths.apnProfiles(t),
    schema: ApnProfile,
    where: kept,
    limit: 200,
  }),
  equipment: (t: string): ListSource<EirEntry> => ({
    path: paths.eirEntries(t),
    schema: EirEntry,
    where: kept,
    limit: 500,
  }),
  openSessions: (t: string): ListSource<PdnSession> => ({
    path: paths.sessions(t),
    schema: PdnSession,
    where: [["state", "==", "open"]],
    orderBy: ["startedAt", "desc"],
    limit: 500,
  }),
  sessionsOf: (t: string, imsi: string): ListSource<PdnSession> => ({
    path: paths.sessions(t),
    schema: PdnSession,
    where: [["imsi", "==", imsi]],
    orderBy: ["startedAt", "desc"],
    limit: 100,
  }),
  activity: (t: string): ListSource<SubscriberActivity> => ({
    path: paths.subscriberActivities(t),
    schema: SubscriberActivity,
    orderBy: ["at", "desc"],
    limit: 200,
  }),
  activityOf: (t: string, imsi: string): ListSource<SubscriberActivity> => ({
    ...subscriberSources.activity(t),
    where: [["imsi", "==", imsi]],
  }),
  activityOfKind: (t: string, kind: string): ListSource<SubscriberActivity> => ({
    ...subscriberSources.activity(t),
    where: [["kind", "==", kind]],
  }),
  connections: (t: string): ListSource<MmeConnection> => ({
    path: paths.mmeConnections(t),
    schema: MmeConnection,
    limit: 500,
  }),
  hssCommand: (t: string, id: string): DocumentSource<HssCommand> => ({
    path: paths.hssCommand(t, id),
    schema: HssCommand,
  }),
  imports: (t: string): ListSource<SubscriberImport> => ({
    path: paths.subscriberImports(t),
    schema: SubscriberImport,
    orderBy: ["startedAt", "desc"],
    limit: 10,
  }),
};
