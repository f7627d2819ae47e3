// Every listener of the UI against the rules and the indexes.
import { readFileSync } from "node:fs";
import { initializeTestEnvironment, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import {
  collection,
  doc,
  type Firestore,
  type Query as FirestoreQuery,
  limit,
  onSnapshot,
  orderBy,
  type QuerySnapshot,
  query,
  where,
  writeBatch,
} from "firebase/firestore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remsimSources } from "../../hosting/src/data/remsimSources.ts";
import type { DocumentSource, ListSource } from "../../hosting/src/data/source.ts";
import { sources } from "../../hosting/src/data/sources.ts";
import { subscriberSources } from "../../hosting/src/data/subscriberSources.ts";
import { updateSources } from "../../hosting/src/data/updateSources.ts";
import { webhookSources } from "../../hosting/src/data/webhookSources.ts";
import { paths } from "../../packages/core/src/paths.ts";
import { ACCESS, EPC, HOME, IMSI, ROUTER, SELF } from "./access.ts";
import { letIn } from "./attempts.ts";
import { indexes, served } from "./indexes.ts";
import { allowed, furnish, type Reader, readers } from "./people.ts";
import type { Query } from "./queries.ts";

/** Not the project of the other rules test: loading rules anew would reset its coverage. */
const PROJECT = "demo-rules-ui";
const RULES = new URL("../../firestore.rules", import.meta.url);

const ROLLOUT = "ro_00112233445566aa";
const WEBHOOK = "wh_00112233445566aa";

type Source = DocumentSource<unknown> | ListSource<unknown>;
type Open = (first: string, second: unknown, third: unknown) => Source;

/** What the second and third word of a source may be, where they are not an EPC and anything. */
const WORDS: Record<string, [second: unknown, third?: unknown][]> = {
  subscribersOf: [
    ["status", "active"],
    ["planId", "gold"],
    ["groupId", "business"],
  ],
  subscriber: [[IMSI]],
  equipmentOf: [[IMSI]],
  sessionsOf: [[IMSI]],
  activityOf: [[IMSI]],
  packagesBeginning: [["wisptools-"]],
  packagesNamed: [["wisptools-agent"]],
  channel: [["stable"]],
  publicationsOf: [
    ["stable", false],
    ["stable", true],
  ],
  rollout: [[ROLLOUT]],
  rolloutDevices: [[ROLLOUT]],
  rolloutDevice: [[ROLLOUT, EPC]],
  remsimClientsInState: [["connected"]],
  remsimClientsBeginning: [["tower-"]],
  remsimClient: [[ROUTER]],
  slotMap: [["1-17"]],
  remsimConfigurations: [[ROUTER]],
  remsimLogs: [[ROUTER]],
  remsimLogsOfKind: [[ROUTER, "command"]],
  simBank: [[1]],
  simSlots: [[1]],
  filledSlots: [[1]],
  simSlotsOfPool: [[{ bankId: 1, firstSlot: 1, lastSlot: 10 }]],
  simCardsBeginning: [["898821"]],
  simCardsOfNetwork: [["310410"]],
  remsimEventsOfType: [["client_registered"]],
  remsimEventsOfClient: [[ROUTER]],
  remsimEventsOfBank: [[1]],
  webhook: [[WEBHOOK]],
  webhookDeliveries: [[WEBHOOK]],
  failedDeliveries: [[WEBHOOK]],
};

const opened = Object.entries({
  ...sources,
  ...subscriberSources,
  ...updateSources,
  ...webhookSources,
  ...remsimSources,
}).flatMap(([name, open]): [string, Source][] => {
  const call = open as Open;
  if (name === "user") return [[name, call(SELF, "", "")]];
  return (WORDS[name] ?? [[EPC]]).map(([second, third = ""]) => [
    [name, third && second].filter(Boolean).join(" "),
    call(HOME, second, third),
  ]);
});
const lists = opened.filter((entry): entry is [string, ListSource<unknown>] => "limit" in entry[1]);

let env: RulesTestEnvironment;
let people: Reader[];

beforeAll(async () => {
  env = await initializeTestEnvironment({ projectId: PROJECT, firestore: { rules: readFileSync(RULES, "utf8") } });
  await furnish(env);
  people = readers(env);
});
afterAll(() => env?.cleanup());

/** Resolves with the first snapshot, and listens no longer. */
function hears(db: Firestore, source: DocumentSource<unknown> | ListSource<unknown>): Promise<unknown> {
  const heard = Promise.withResolvers<unknown>();
  const { resolve, reject } = heard;
  const stop =
    "limit" in source
      ? onSnapshot(listQuery(db, source), resolve, reject)
      : onSnapshot(doc(db, source.path), resolve, reject);
  return heard.promise.finally(stop);
}

function listQuery(db: Firestore, source: ListSource<unknown>): FirestoreQuery {
  return query(
    collection(db, source.path),
    ...(source.where ?? []).map((condition) => where(...condition)),
    ...(source.orderBy ? [orderBy(...source.orderBy)] : []),
    limit(source.limit),
  );
}

/** Fields compared by order, by which a list without a sort of its own is sorted. */
function ranges(source: ListSource<unknown>): string[] {
  return (source.where ?? []).filter(([, op]) => op !== "==" && op !== "in").map(([field]) => field);
}

/** The list as the judge of indexes sees it. */
function asQuery(name: string, source: ListSource<unknown>): Query {
  const conditions = source.where ?? [];
  return {
    of: name,
    collection: source.path.split("/").at(-1) ?? "",
    scope: "COLLECTION",
    equal: conditions.filter(([, op]) => op === "==" || op === "in").map(([field]) => field),
    order: source.orderBy
      ? [[source.orderBy[0], source.orderBy[1] === "desc" ? "DESCENDING" : "ASCENDING"]]
      : [...new Set(ranges(source))].map((field) => [field, "ASCENDING"]),
  };
}

describe.each(opened)("%s", (_, source) => {
  const isList = "limit" in source;
  const parent = isList ? source.path : source.path.slice(0, source.path.lastIndexOf("/"));
  const row = ACCESS.find(
    ({ document }) => document.startsWith(`${parent}/`) && !document.slice(parent.length + 1).includes("/"),
  );
  const least = (isList ? row?.list : row?.get) ?? "nobody";

  it(`is heard by: ${least}`, async () => {
    expect(least).not.toBe("nobody");
    expect(await letIn(people, ({ db }) => hears(db, source))).toEqual(allowed(people, least));
  });
});

it.each(lists)("%s compares one field by order at most, its sort's, and has its index", (name, source) => {
  const compared = [...new Set(ranges(source))];
  expect(compared.length).toBeLessThanOrEqual(1);
  if (source.orderBy) expect([[], [source.orderBy[0]]]).toContainEqual(compared);
  expect(served(indexes, asQuery(name, source))).toBeDefined();
});

it("the history of a channel that was signed for a year still begins with what changed it", async () => {
  const channel = "much-signed";
  const history = async (db: Firestore, signaturesToo: boolean) => {
    const { docs } = (await hears(db, updateSources.publicationsOf(HOME, channel, signaturesToo))) as QuerySnapshot;
    return docs.map((one) => one.get("action"));
  };
  await env.withSecurityRulesDisabled(async (context) => {
    const db = context.firestore() as unknown as Firestore;
    const batch = writeBatch(db);
    for (let day = 0; day < 366; day++) {
      const action = day === 0 ? "publish" : "resign";
      const at = new Date(Date.UTC(2026, 0, 1 + day));
      batch.set(doc(db, paths.publication(HOME, `${channel}-${day}`)), { channel, action, at });
    }
    await batch.commit();
    expect(await history(db, false)).toEqual(["publish"]);
    expect(new Set(await history(db, true))).toEqual(new Set(["resign"]));
    const { docs } = (await hears(db, updateSources.publications(HOME))) as QuerySnapshot;
    expect(docs.map(({ id }) => id)).toContain(`${channel}-0`);
  });
});
