// kill -9 under load: whatever moment it strikes, and whatever the clock says afterwards, no sequence number comes twice.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ClientPeer, connectPeer } from "../../daemon/src/diameter/client.ts";
import { avp } from "../../daemon/src/diameter/codec/avpDefinition.ts";
import { UserName } from "../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../daemon/src/diameter/dictionary/commands.ts";
import * as s6a from "../../daemon/src/diameter/dictionary/s6a.ts";
import { autsOf } from "../../daemon/src/hss/crypto/auts.ts";
import { epsVector } from "../../daemon/src/hss/crypto/epsVector.ts";
import { algorithmOf } from "../../daemon/src/hss/crypto/keys.ts";
import { indOf, seqOf, sqnOf } from "../../daemon/src/hss/crypto/sequenceNumber.ts";
import { plmnOctets } from "../../daemon/src/plmnOctets.ts";
import { type Vector, vectorsOf } from "../../scripts/dev/simulator/authentication.ts";
import { isSuccess, resultOf } from "../../scripts/dev/simulator/result.ts";
import { seededRandom } from "../../scripts/dev/simulator/seededRandom.ts";
import { DaemonUnderTest } from "../e2e/daemonUnderTest.ts";

const SEED = 20261121;
/** Answers before a kill, beyond one for each subscriber, at most. */
const MOST_ANSWERS = 3000;
const SUBSCRIBERS = 300;
const CLIENTS = 5;
/** Requests that a client has under way. */
const WINDOW = 24;
const MOST_VECTORS = 4;
/** One AIR of so many is a resynchronisation: the card is ahead by up to so many. */
const RESYNCHRONISES = 0.03;
const MOST_AHEAD = 5_000;
const AMF = 0x8000;
const PLMN = plmnOctets({ mcc: "001", mnc: "01" });
const REALM = "localdomain";

/** What the process that is going to be killed believes of the time: how far its clock is back, from the beginning or all of a sudden. */
const LIVES: { name: string; preload?: string }[] = [
  { name: "the right time" },
  { name: "the right time again" },
  { name: "an hour back", preload: clock("-3_600_000") },
  { name: "a step back of a day while it runs", preload: clock("performance.now() < 1_200 ? 0 : -86_400_000") },
  { name: "nine months back, before our epoch", preload: clock("Date.UTC(2025, 11, 1) - begun") },
  { name: "two days ahead", preload: clock("172_800_000") },
  { name: "the right time after it was ahead" },
  { name: "steps to and fro", preload: clock("Math.floor(performance.now() / 100) % 2 ? 0 : -600_000") },
];

/** A module that moves the process's clock by this expression, in milliseconds. */
function clock(offset: string): string {
  return `const now = Date.now; const begun = now(); Date.now = () => Math.floor(now() + (${offset}));`;
}

interface Card {
  readonly imsi: string;
  readonly k: string;
  readonly opc: string;
  readonly algorithm: ReturnType<typeof algorithmOf>;
  /** All SQNs given, as numbers. */
  readonly given: Set<number>;
  /** The highest SEQ given in answers, by IND. */
  readonly highest: Map<number, number>;
}

interface Answered {
  card: Card;
  vectors: Vector[];
  /** What the card said its highest SEQ was. */
  seqMs: number | undefined;
}

const random = seededRandom(SEED);
const upTo = (most: number) => Math.floor(random() * most);
const hex = (octets: number) => Array.from({ length: octets }, () => upTo(256).toString(16).padStart(2, "0")).join("");
const cards = Array.from({ length: SUBSCRIBERS }, (_, n) => newCard(`00101${String(n + 1).padStart(10, "0")}`));
const folder = mkdtempSync(join(tmpdir(), "wisptools-subscribers-"));
const daemon = new DaemonUnderTest({
  argv: [
    ...["--roles", "hss", "--subscribers", folder, "--realm", REALM, "--trust-peers", "--hss-identity"],
    ...["hss.localdomain", "--peer-rate", "1000000", "--sqn-index", "5"],
  ],
});

function newCard(imsi: string): Card {
  const [k, opc] = [hex(16), hex(16)];
  const keys = { algorithm: "milenage" as const, k: Buffer.from(k, "hex"), opc: Buffer.from(opc, "hex"), amf: AMF };
  return { imsi, k, opc, algorithm: algorithmOf(keys), given: new Set(), highest: new Map() };
}

function document({ imsi, k, opc }: Card): object {
  return { imsi, security: { k, opc, amf: "8000" }, slice: [{ session: [{ name: "internet" }] }] };
}

const connectMme = (client: number): Promise<ClientPeer> =>
  connectPeer({
    ...{ ...daemon.hss, originHost: `mme${client}.${REALM}`, originRealm: REALM },
    applications: [APPLICATION.S6A],
  });

/** An MME asks for vectors of its own subscribers until the connection is gone; each answer comes in the order of the requests. */
async function pour(peer: ClientPeer, client: number, answers: Answered[]): Promise<void> {
  const own = cards.filter((_, n) => n % CLIENTS === client);
  await Promise.all(Array.from({ length: WINDOW }, () => askOn(peer, own, answers)));
}

async function askOn(peer: ClientPeer, own: Card[], answers: Answered[]): Promise<void> {
  while (peer.isOpen) {
    const card = own[upTo(own.length)] as Card;
    const seqMs = random() < RESYNCHRONISES ? Math.max(0, ...card.highest.values()) + upTo(MOST_AHEAD) : undefined;
    const vectors = await ask(peer, card, seqMs).catch(() => undefined);
    // The connection ended before the answer came.
    if (!vectors) return;
    answers.push({ card, vectors, seqMs });
    for (const { autn, rand } of vectors) keepHighest(card, sqnIn(card, rand, autn));
  }
}

async function ask(peer: ClientPeer, card: Card, seqMs: number | undefined): Promise<Vector[]> {
  const rand = Buffer.alloc(16, upTo(256));
  const resync = seqMs === undefined ? [] : [Buffer.concat([rand, autsOf(card.algorithm, rand, sqnOf(seqMs, 5))])];
  const answer = await peer.request(COMMAND.AUTHENTICATION_INFORMATION, APPLICATION.S6A, [
    avp(UserName, card.imsi),
    avp(s6a.RequestedEutranAuthenticationInfo, [
      avp(s6a.NumberOfRequestedVectors, 1 + upTo(MOST_VECTORS)),
      ...resync.map((info) => avp(s6a.ReSynchronizationInfo, info)),
    ]),
    avp(s6a.VisitedPlmnId, PLMN),
  ]);
  const result = resultOf(answer);
  // What goes through an open connection must be an answer; a wrong one must not hide as a lost one.
  if (!isSuccess(result)) wrong.push(`${card.imsi}: ${result.code}`);
  return vectorsOf(answer);
}

const wrong: string[] = [];

/** SQN from AUTN (TS 33.102 6.3.2): the card's keys give AK. */
function sqnIn({ algorithm }: Card, rand: Buffer, autn: Buffer): Buffer {
  const { ak } = algorithm.vector(rand, Buffer.alloc(6), AMF);
  return Buffer.from(ak.map((octet, i) => octet ^ (autn[i] as number)));
}

function keepHighest(card: Card, sqn: Buffer): void {
  const ind = indOf(sqn);
  card.highest.set(ind, Math.max(card.highest.get(ind) ?? 0, seqOf(sqn)));
}

/** Faults of the answers of one life, in words; `before` is what each card had been given until then. */
function judge(answers: readonly Answered[], before: ReadonlyMap<Card, ReadonlyMap<number, number>>): string[] {
  const faults: string[] = [];
  const last = new Map([...before].map(([card, highest]) => [card, new Map(highest)]));
  for (const { card, vectors, seqMs } of answers) {
    if (vectors.length === 0) faults.push(`${card.imsi}: no vectors`);
    for (const vector of vectors) {
      const sqn = sqnIn(card, vector.rand, vector.autn);
      if (!isRight(card, vector, sqn)) faults.push(`${card.imsi}: a vector that is wrong`);
      const [number, seq, ind] = [sqn.readUIntBE(0, 6), seqOf(sqn), indOf(sqn)];
      if (card.given.has(number)) faults.push(`${card.imsi}: SEQ ${seq} IND ${ind} came twice`);
      card.given.add(number);
      const highest = last.get(card)?.get(ind) ?? 0;
      if (seq <= highest) faults.push(`${card.imsi}: SEQ ${seq} after ${highest}, IND ${ind}`);
      if (seqMs !== undefined && seq <= seqMs) faults.push(`${card.imsi}: SEQ ${seq} for a card at ${seqMs}`);
      last.get(card)?.set(ind, Math.max(highest, seq));
    }
  }
  return faults;
}

/** AUTN, XRES and KASME are those of the card's keys. */
function isRight({ algorithm }: Card, { rand, autn, xres, kasme }: Vector, sqn: Buffer): boolean {
  const right = epsVector(algorithm, rand, sqn, AMF, PLMN);
  return right.autn.equals(autn) && right.xres.equals(xres) && right.kasme.equals(kasme);
}

beforeAll(() => writeFileSync(join(folder, "all.json"), JSON.stringify(cards.map(document))));
afterAll(async () => {
  await daemon.remove();
  rmSync(folder, { recursive: true, force: true });
});

it.each(LIVES)("SQNs rise from kill to kill, and every vector is right: $name", async ({ name, preload }) => {
  await daemon.start(preload);
  const before = new Map(cards.map((card) => [card, new Map(card.highest)]));
  const answers: Answered[] = [];
  const peers = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => connectMme(client)));
  const begun = performance.now();
  const clients = peers.map((peer, client) => pour(peer, client, answers));
  // A load, not a trickle: else the kill strikes nothing.
  const enough = SUBSCRIBERS + upTo(MOST_ANSWERS);
  while (answers.length <= enough) await new Promise((wake) => setTimeout(wake, 1 + upTo(20)));
  await daemon.kill();
  await Promise.all(clients);
  const seconds = (performance.now() - begun) / 1000;
  console.log(`${name}: ${answers.length} AIA in ${seconds.toFixed(1)} s before the kill`);
  expect(judge(answers, before)).toEqual([]);
  expect(wrong).toEqual([]);
});
