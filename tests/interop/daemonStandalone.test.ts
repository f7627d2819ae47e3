// The daemon as a lab or a site runs it (the local stack's stand-alone mode): real processes, an MME and an SMF as strict
// as Open5GS's, cards that check what they are told.
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPERIMENTAL, RESULT } from "../../daemon/src/diameter/dictionary/results.ts";
import { autsOf } from "../../daemon/src/hss/crypto/auts.ts";
import { algorithmOf } from "../../daemon/src/hss/crypto/keys.ts";
import { indOf, seqOf, sqnOf } from "../../daemon/src/hss/crypto/sequenceNumber.ts";
import { plmnOctets } from "../../daemon/src/plmnOctets.ts";
import type { AttachedUe, AttachOutcome } from "../../scripts/dev/simulator/attachment.ts";
import { askForVector, vectorsOf } from "../../scripts/dev/simulator/authentication.ts";
import { SimulatedMme } from "../../scripts/dev/simulator/mme.ts";
import { resultOf } from "../../scripts/dev/simulator/result.ts";
import { SimulatedSmf } from "../../scripts/dev/simulator/smf.ts";
import { DEMO_KEYS, demoKeys, SimulatedUe } from "../../scripts/dev/simulator/ue.ts";
import { DaemonUnderTest } from "../e2e/daemonUnderTest.ts";

const REALM = "localdomain";
const MEGABIT = 1_000_000;
/** For what must come: generous, as machines are busy. */
const SOON_MS = 20_000;
/** Cancellation-Type (TS 29.272 7.3.24). */
const MME_UPDATE_PROCEDURE = 0;
const SUBSCRIPTION_WITHDRAWAL = 2;

const folder = mkdtempSync(join(tmpdir(), "wisptools-subscribers-"));
const daemon = new DaemonUnderTest({
  argv: [
    ...["--roles", "hss,pcrf", "--subscribers", folder, "--realm", REALM, "--trust-peers"],
    ...["--hss-identity", "hss.localdomain", "--pcrf-identity", "pcrf.localdomain"],
  ],
});
const nodes: (SimulatedMme | SimulatedSmf)[] = [];
let mme: SimulatedMme;
let serial = 0;

/** A subscriber's document as Open5GS exports it. */
function document(imsi: string, downlink = 100): object {
  const arp = { priority_level: 8, pre_emption_capability: 1, pre_emption_vulnerability: 1 };
  const ambr = { downlink: { value: downlink, unit: 2 }, uplink: { value: 50, unit: 2 } };
  return {
    ...{ schema_version: 1, imsi, msisdn: ["491701234567"], imeisv: [] },
    security: { k: DEMO_KEYS.k, amf: "8000", op: null, opc: DEMO_KEYS.opc, sqn: { $numberLong: "64" } },
    ambr,
    slice: [
      {
        ...{ sst: 1, default_indicator: true },
        session: [{ name: "internet", type: 3, qos: { index: 7, arp }, ambr, pcc_rule: [] }],
      },
    ],
    ...{ access_restriction_data: 32, subscriber_status: 0, network_access_mode: 0, subscribed_rau_tau_timer: 12 },
  };
}

const secondsOf2026 = () => Math.floor((Date.now() - Date.UTC(2026, 0, 1)) / 1000);
const fileOf = (imsi: string) => join(folder, `${imsi}.json`);
const write = (imsi: string, downlink?: number) =>
  writeFileSync(fileOf(imsi), JSON.stringify(document(imsi, downlink)));
const newImsi = () => `00101${String(++serial).padStart(10, "0")}`;

/** A subscriber that the daemon has from the beginning, with a card that accepted `sqnMs` last. */
function ueOf(imsi: string, sqnMs?: Uint8Array): SimulatedUe {
  return new SimulatedUe({ imsi, keys: demoKeys(), ...(sqnMs ? { sqnMs } : {}) });
}

async function connectedMme(name: string): Promise<SimulatedMme> {
  const node = new SimulatedMme({
    ...daemon.hss,
    originHost: `${name}.${REALM}`,
    originRealm: REALM,
    reconnectMs: 200,
  });
  nodes.push(node);
  await node.connect();
  return node;
}

function attachedOf(outcome: AttachOutcome): AttachedUe {
  if (outcome.outcome !== "attached") throw new Error(JSON.stringify(outcome));
  return outcome.attached;
}

/** Attaches as soon as the daemon has read the subscriber's file. */
async function attachWhenKnown(ue: SimulatedUe): Promise<AttachedUe> {
  const deadline = Date.now() + SOON_MS;
  for (;;) {
    const outcome = await mme.attach(ue);
    if (outcome.outcome === "attached" || Date.now() > deadline) return attachedOf(outcome);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + SOON_MS; !holds(); ) {
    if (Date.now() > deadline) throw new Error(`${what}: waited in vain`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

const initial = Array.from({ length: 12 }, newImsi);
let next = 0;
/** Of those that are there from the beginning, one that no other test has. */
const oneOfTheFirst = () => initial[next++] as string;

beforeAll(async () => {
  for (const imsi of initial) write(imsi);
  await daemon.start();
  mme = await connectedMme("mme");
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close().catch(() => {})));
  await daemon.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("an MME at the stand-alone daemon", () => {
  it("is answered by the identity and in the realm that were asked for", () => {
    expect(mme.link.remote).toEqual({ originHost: "hss.localdomain", originRealm: REALM });
  });

  it("attaches a new card, and gets the whole subscription of the file", async () => {
    const attached = attachedOf(await mme.attach(ueOf(oneOfTheFirst())));
    expect(attached.kasme).toHaveLength(32);
    expect(attached.profile).toMatchObject({
      ...{ msisdn: "491701234567", networkAccessMode: 0, accessRestriction: 32, rauTauTimer: 720 },
      ambr: { downlink: 100 * MEGABIT, uplink: 50 * MEGABIT },
      apns: [{ apn: "internet", pdnType: 2, qci: 7, arp: { priorityLevel: 8 } }],
    });
  });

  it("attaches a UE that comes again with its GUTI: another challenge, which the card accepts without a resynchronisation", async () => {
    const ue = ueOf(oneOfTheFirst());
    const first = attachedOf(await mme.attach(ue));
    const sqn = ue.usim.sqnMs;
    const second = attachedOf(await mme.attach(ue));
    expect([first.resynchronised, second.resynchronised]).toEqual([false, false]);
    expect(second.kasme).not.toEqual(first.kasme);
    expect(seqOf(ue.usim.sqnMs)).toBeGreaterThan(seqOf(sqn));
    expect(mme.mailbox.left("CLR", ue.imsi)).toBe(0);
  });

  it.each([
    ["an hour ahead of the HSS", sqnOf(secondsOf2026() + 3_600, 0), 2],
    ["far ahead of the HSS", sqnOf(2 ** 40, 0), 2],
    ["so far behind that the jump is too great", sqnOf(0, 0), 2 ** 30],
  ])("resynchronises a card that is %s", async (_, sqnMs, lastSeq) => {
    const imsi = newImsi();
    const security = { k: DEMO_KEYS.k, amf: "8000", opc: DEMO_KEYS.opc, sqn: { $numberLong: String(lastSeq * 32) } };
    writeFileSync(fileOf(imsi), JSON.stringify({ ...document(imsi), security }));
    const ue = ueOf(imsi, sqnMs);
    expect((await attachWhenKnown(ue)).resynchronised).toBe(true);
    const step = seqOf(ue.usim.sqnMs) - seqOf(sqnMs);
    expect(step).toBeGreaterThan(0);
    // Seconds go by between the two AIRs, no more.
    expect(step).toBeLessThan(60);
    expect(indOf(ue.usim.sqnMs)).toBe(0);
    expect(attachedOf(await mme.attach(ue)).resynchronised).toBe(false);
  });

  it("is refused vectors with an AUTS that another card made (4181)", async () => {
    const imsi = oneOfTheFirst();
    const keys = { ...demoKeys(), k: Buffer.alloc(16, 7) };
    const stranger = new SimulatedUe({ imsi, keys, sqnMs: sqnOf(2 ** 40, 0) });
    expect(await mme.attach(stranger)).toEqual({ outcome: "cardRefused", reason: "macFailure" });
    const rand = Buffer.alloc(16, 1);
    const auts = autsOf(algorithmOf(keys), rand, stranger.usim.sqnMs);
    const plmn = plmnOctets({ mcc: "001", mnc: "01" });
    const answer = await askForVector(mme.link, imsi, plmn, Buffer.concat([rand, auts]));
    expect(resultOf(answer)).toEqual({ code: EXPERIMENTAL.AUTHENTICATION_DATA_UNAVAILABLE, experimental: true });
    expect(vectorsOf(answer)).toEqual([]);
    expect(attachedOf(await mme.attach(ueOf(imsi))).resynchronised).toBe(false);
  });

  it("is told of nobody that is in no file", async () => {
    expect(await mme.attach(ueOf(newImsi()))).toMatchObject({
      outcome: "rejected",
      by: "AIA",
      result: { code: EXPERIMENTAL.USER_UNKNOWN, experimental: true },
    });
  });
});

describe("two MMEs", () => {
  it("hand a UE over: a TAU updates the location, and the first is told to forget it", async () => {
    const second = await connectedMme("mme2");
    const ue = ueOf(oneOfTheFirst());
    attachedOf(await mme.attach(ue));
    attachedOf(await second.tau(ue));
    const cancelled = await mme.next("CLR", ue.imsi, SOON_MS);
    expect(cancelled).toMatchObject({ cancellationType: MME_UPDATE_PROCEDURE, result: RESULT.SUCCESS });
    attachedOf(await mme.attach(ue));
    expect(await second.next("CLR", ue.imsi, SOON_MS)).toMatchObject({ cancellationType: MME_UPDATE_PROCEDURE });
  });
});

describe("the folder of subscribers", () => {
  it("lets a subscriber in whose file is added", async () => {
    const imsi = newImsi();
    const ue = ueOf(imsi);
    expect((await mme.attach(ue)).outcome).toBe("rejected");
    write(imsi);
    expect((await attachWhenKnown(ue)).profile.ambr.downlink).toBe(100 * MEGABIT);
  });

  it("tells the MME new rates with an IDR", async () => {
    const imsi = oneOfTheFirst();
    const ue = ueOf(imsi);
    attachedOf(await mme.attach(ue));
    write(imsi, 20);
    const { result, profile } = await mme.next("IDR", imsi, SOON_MS);
    expect(result).toBe(RESULT.SUCCESS);
    expect(profile?.ambr).toEqual({ downlink: 20 * MEGABIT, uplink: 50 * MEGABIT });
    expect(profile?.apns).toHaveLength(1);
  });

  it("keeps what it had of a file that is broken for a while", async () => {
    const imsi = oneOfTheFirst();
    writeFileSync(fileOf(imsi), "{ half a docum");
    await until("says what is wrong", () => daemon.output.includes("subscriber file has a fault"));
    const ue = ueOf(imsi);
    attachedOf(await mme.attach(ue));
    write(imsi, 30);
    expect((await mme.next("IDR", imsi, SOON_MS)).profile?.ambr.downlink).toBe(30 * MEGABIT);
  });

  it("withdraws the subscription of a file that is removed, and knows the subscriber no more", async () => {
    const imsi = oneOfTheFirst();
    const ue = ueOf(imsi);
    attachedOf(await mme.attach(ue));
    unlinkSync(fileOf(imsi));
    const cancelled = await mme.next("CLR", imsi, SOON_MS);
    expect(cancelled).toMatchObject({ cancellationType: SUBSCRIPTION_WITHDRAWAL, result: RESULT.SUCCESS });
    expect(await mme.attach(ue)).toMatchObject({ outcome: "rejected", result: { code: EXPERIMENTAL.USER_UNKNOWN } });
  });
});

describe("an SMF at the stand-alone daemon", () => {
  it("gets the QoS of the file for a session, and a RAR when the file changes", async () => {
    const smf = new SimulatedSmf({ ...daemon.pcrf, originHost: `smf.${REALM}`, originRealm: REALM });
    nodes.push(smf);
    await smf.connect();
    expect(smf.link.remote).toEqual({ originHost: "pcrf.localdomain", originRealm: REALM });
    const imsi = oneOfTheFirst();
    attachedOf(await mme.attach(ueOf(imsi)));
    const opened = await smf.open({ imsi, apn: "internet", address: "10.45.0.2" });
    if (opened.outcome !== "open") throw new Error(JSON.stringify(opened));
    expect(opened.session).toMatchObject({
      ...{ qci: 7, arp: { priorityLevel: 8, preemptionCapability: 1, preemptionVulnerability: 1 } },
      ambr: { downlink: 100 * MEGABIT, uplink: 50 * MEGABIT },
    });
    write(imsi, 10);
    const { session } = await smf.next("RAR", imsi, SOON_MS);
    expect(session.ambr).toEqual({ downlink: 10 * MEGABIT, uplink: 50 * MEGABIT });
    expect(await smf.terminate(session)).toEqual({ code: RESULT.SUCCESS, experimental: false });
  });
});

describe("a restart", () => {
  it("begins with a goodbye to each peer and status 0, and keeps the registrations", async () => {
    const [away, after] = [oneOfTheFirst(), oneOfTheFirst()];
    const ues = [ueOf(away), ueOf(after)];
    for (const ue of ues) attachedOf(await mme.attach(ue));
    const reasons: string[] = [];
    const watched = new SimulatedMme({
      ...{ ...daemon.hss, originHost: `watched.${REALM}`, originRealm: REALM },
      linkChanged: (connected, reason) => {
        if (!connected) reasons.push(reason);
      },
    });
    nodes.push(watched);
    await watched.connect();
    expect(await daemon.stop()).toBe(0);
    // DPR with REBOOTING (RFC 6733 5.4.3): the peer is to come back.
    await until("the goodbye arrives", () => reasons.length > 0);
    expect(reasons).toEqual(["disconnected by the peer, cause 0"]);

    // Nothing but the registration of before tells the daemon whom this concerns.
    write(away, 40);
    await daemon.start();
    expect((await mme.next("IDR", away, SOON_MS)).profile?.ambr.downlink).toBe(40 * MEGABIT);
    write(after, 60);
    expect((await mme.next("IDR", after, SOON_MS)).profile?.ambr.downlink).toBe(60 * MEGABIT);
    for (const ue of ues) expect(attachedOf(await mme.attach(ue)).resynchronised).toBe(false);
  });
});
