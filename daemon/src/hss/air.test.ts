import type { Roaming } from "@wisptools/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import { FailedAvp, OriginRealm, UserName } from "../diameter/dictionary/base.ts";
import { COMMAND } from "../diameter/dictionary/commands.ts";
import {
  AuthenticationInfo,
  Autn,
  ConfidentialityKey,
  ErrorDiagnostic,
  EUtranVector,
  ItemNumber,
  Kasme,
  NumberOfRequestedVectors,
  Rand,
  RequestedEutranAuthenticationInfo,
  RequestedUtranGeranAuthenticationInfo,
  ReSynchronizationInfo,
  UtranVector,
  VisitedPlmnId,
  Xres,
} from "../diameter/dictionary/s6a.ts";
import {
  CARD,
  FOREIGN_PLMN,
  HssLab,
  IMSI,
  IMSI_B,
  KEYS,
  type LabMme,
  MME_A,
  MME_B,
  PLMN,
  profile,
  resultOf,
} from "../testing/hssLab.ts";
import { MAX_SEQ, sqnOf } from "./crypto/sequenceNumber.ts";
import { Usim } from "./crypto/usim.ts";

let lab: HssLab;
let mme: LabMme;

beforeEach(async () => {
  lab = await new HssLab().start();
  mme = await lab.connect(MME_A);
});
afterEach(() => lab.stop());

function vectorsOf(answer: Message) {
  const info = answer.get(AuthenticationInfo);
  return (info?.all(EUtranVector) ?? []).map((vector) => ({
    rand: vector.get(Rand) as Buffer,
    xres: vector.get(Xres) as Buffer,
    autn: vector.get(Autn) as Buffer,
    kasme: vector.get(Kasme) as Buffer,
    item: vector.get(ItemNumber),
  }));
}

function vectorOf(answer: Message) {
  const [vector] = vectorsOf(answer);
  if (!vector) throw new Error("the answer has no vector");
  return vector;
}

const reasons = () => lab.reporter.of("authenticationFailed").map(([, , , reason]) => reason);

describe("vectors", () => {
  test("the card accepts what it gets, and comes to the same RES and KASME", async () => {
    const answer = await mme.air(IMSI);
    expect(resultOf(answer)).toBe("2001");
    expect(answer.get(OriginRealm)).toBe("a.example");
    const { rand, autn, xres, kasme } = vectorOf(answer);
    expect(new Usim(CARD).authenticateEps(rand, autn, PLMN)).toEqual({ outcome: "accepted", res: xres, kasme });
    expect(lab.reporter.of("authenticated").map(([tenantId, imsi]) => [tenantId, imsi])).toEqual([["a", IMSI]]);
  });

  test("TUAK too", async () => {
    const keys = { k: Buffer.alloc(32, 7), operator: Buffer.alloc(32, 9), kind: "topc" as const };
    lab.directory.addSubscriber({
      imsi: "001010000000002",
      tenantId: "a",
      profile: profile(),
      algorithm: "tuak",
      keys,
    });
    const { rand, autn, xres, kasme } = vectorOf(await mme.air("001010000000002"));
    const usim = new Usim({ algorithm: "tuak", k: keys.k, topc: keys.operator, amf: 0x8000 });
    expect(usim.authenticateEps(rand, autn, PLMN)).toEqual({ outcome: "accepted", res: xres, kasme });
  });

  test.each([
    [undefined, 1],
    [0, 1],
    [1, 1],
    [5, 5],
    [32, 32],
    [33, 32],
    [4_294_967_295, 32],
  ])("asked for %s, %s come, each new and accepted in order", async (vectors, count) => {
    const given = vectorsOf(await mme.air(IMSI, vectors === undefined ? {} : { vectors }));
    expect(given).toHaveLength(count);
    expect(given.map(({ item }) => item)).toEqual(given.map((_, n) => (count === 1 ? undefined : n + 1)));
    const usim = new Usim(CARD);
    for (const { rand, autn } of given) expect(usim.authenticateEps(rand, autn, PLMN).outcome).toBe("accepted");
    expect(new Set(given.map(({ rand }) => rand.toString("hex"))).size).toBe(count);
  });

  test("each AIR has a SQN of its own, however fast they come", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => mme.air(IMSI)));
    const usim = new Usim(CARD);
    for (const answer of answers) {
      const { rand, autn } = vectorOf(answer);
      expect(usim.authenticateEps(rand, autn, PLMN).outcome).toBe("accepted");
    }
  });

  test("what only UTRAN is asked for has CK and IK, and no separation bit", async () => {
    const answer = await mme.s6a(COMMAND.AUTHENTICATION_INFORMATION, [
      avp(UserName, IMSI),
      avp(RequestedUtranGeranAuthenticationInfo, [avp(NumberOfRequestedVectors, 1)]),
      avp(VisitedPlmnId, PLMN),
    ]);
    const vector = answer.get(AuthenticationInfo)?.get(UtranVector);
    const autn = vector?.get(Autn) as Buffer;
    expect((autn[6] as number) & 0x80).toBe(0);
    const answered = new Usim(CARD).authenticate(vector?.get(Rand) as Buffer, autn);
    expect(answered).toEqual({
      outcome: "accepted",
      res: vector?.get(Xres),
      ck: vector?.get(ConfidentialityKey),
      ik: expect.any(Buffer),
    });
    expect(answer.get(AuthenticationInfo)?.has(EUtranVector)).toBe(false);
  });

  test("keys that were opened are wiped", async () => {
    await mme.air(IMSI, { vectors: 3 });
    expect(lab.directory.handedOut).toHaveLength(2);
    for (const key of lab.directory.handedOut) expect(key.every((octet) => octet === 0)).toBe(true);
  });
});

describe("resynchronisation", () => {
  const ahead = sqnOf(5_000_000_000, 3);

  async function autsOfFirst(usim: Usim): Promise<Buffer> {
    const { rand, autn } = vectorOf(await mme.air(IMSI));
    const answer = usim.authenticateEps(rand, autn, PLMN);
    if (answer.outcome !== "syncFailure") throw new Error(answer.outcome);
    return Buffer.concat([rand, answer.auts]);
  }

  test("a card that is ahead is served with the next AIR, and the new offset is reported", async () => {
    const usim = new Usim(CARD, ahead);
    const resync = await autsOfFirst(usim);
    const { rand, autn } = vectorOf(await mme.air(IMSI, { resync }));
    expect(usim.authenticateEps(rand, autn, PLMN).outcome).toBe("accepted");
    expect(lab.reporter.of("sqnOffset")).toHaveLength(1);
    expect(lab.reporter.activitiesOf("resynchronisation")).toHaveLength(1);
    // The directory of this test never learns the offset: it must hold all the same.
    const next = vectorOf(await mme.air(IMSI));
    expect(usim.authenticateEps(next.rand, next.autn, PLMN).outcome).toBe("accepted");
  });

  test("once the directory has the offset, it counts, whatever came between", async () => {
    const usim = new Usim(CARD, ahead);
    await mme.air(IMSI, { resync: await autsOfFirst(usim) });
    const [reported] = lab.reporter.of("sqnOffset");
    lab.directory.changeSubscriber(IMSI, { sqnOffset: (reported?.[2] ?? 0) + 1000 });
    const { rand, autn } = vectorOf(await mme.air(IMSI));
    expect(usim.authenticateEps(rand, autn, PLMN).outcome).toBe("accepted");
  });

  test("no vector goes out before the new offset survives a crash, of this AIR and of those after it", async () => {
    const usim = new Usim(CARD, ahead);
    const resync = await autsOfFirst(usim);
    const stored = Promise.withResolvers<void>();
    lab.reporter.stored = stored.promise;
    const order: string[] = [];
    const first = mme.air(IMSI, { resync }).finally(() => order.push("resynchronised"));
    const second = mme.air(IMSI).finally(() => order.push("next"));
    await mme.air(IMSI_B).finally(() => order.push("somebody else"));
    expect(order).toEqual(["somebody else"]);
    stored.resolve();
    for (const { rand, autn } of [vectorOf(await first), vectorOf(await second)]) {
      expect(usim.authenticateEps(rand, autn, PLMN).outcome).toBe("accepted");
    }
    expect(order).toEqual(["somebody else", "resynchronised", "next"]);
  });

  test("an offset that cannot be stored gets 4181", async () => {
    const resync = await autsOfFirst(new Usim(CARD, ahead));
    const stored = Promise.reject(new Error("the disk is full"));
    stored.catch(() => {});
    lab.reporter.stored = stored;
    const answer = await mme.air(IMSI, { resync });
    expect(resultOf(answer)).toBe("experimental 4181");
    expect(answer.has(AuthenticationInfo)).toBe(false);
  });

  test("a wrong MAC-S gets 4181 and changes nothing", async () => {
    const resync = await autsOfFirst(new Usim(CARD, ahead));
    resync[29] = (resync[29] as number) ^ 1;
    const answer = await mme.air(IMSI, { resync });
    expect(resultOf(answer)).toBe("experimental 4181");
    expect(answer.has(AuthenticationInfo)).toBe(false);
    expect(lab.reporter.of("sqnOffset")).toEqual([]);
    expect(lab.reporter.activitiesOf("authentication-failure")).toHaveLength(1);
  });

  test("a card at its very last SQN gets 5012", async () => {
    const answer = await mme.air(IMSI, { resync: await autsOfFirst(new Usim(CARD, sqnOf(MAX_SEQ, 3))) });
    expect(resultOf(answer)).toBe("5012");
    expect(reasons()).toEqual(["no sequence number is left: the card must be replaced"]);
  });
});

describe("refusals", () => {
  test.each([
    ["unknown", () => lab.directory.subscriberRecords.delete(IMSI), "experimental 5001", undefined],
    ["terminated", () => lab.directory.changeProfile(IMSI, { status: "terminated" }), "experimental 5001", undefined],
    ["suspended", () => lab.directory.changeProfile(IMSI, { status: "suspended" }), "experimental 5420", 0],
    ["without a plan", () => lab.directory.changeSubscriber(IMSI, { profile: undefined }), "experimental 5420", 0],
    ["of a suspended tenant", () => lab.directory.addTenant({ id: "a", active: false }), "experimental 5420", 0],
    ["barred", () => lab.directory.changeProfile(IMSI, { operatorDeterminedBarring: 1 }), "experimental 5004", 2],
    [
      "not allowed in E-UTRAN",
      () => lab.directory.changeProfile(IMSI, { accessRestriction: 16 }),
      "experimental 5421",
      undefined,
    ],
  ])("a subscriber that is %s", async (_what, arrange, result, diagnostic) => {
    arrange();
    const answer = await mme.air(IMSI);
    expect(resultOf(answer)).toBe(result);
    expect(answer.get(ErrorDiagnostic)).toBe(diagnostic);
    expect(answer.has(AuthenticationInfo)).toBe(false);
    expect(lab.directory.handedOut).toEqual([]);
  });

  test("who was refused is reported each time, and told to operators once a minute", async () => {
    lab.directory.changeProfile(IMSI, { status: "suspended" });
    for (let n = 0; n < 3; n++) await mme.air(IMSI);
    expect(reasons()).toEqual(Array(3).fill("the subscription is suspended"));
    expect(lab.reporter.activitiesOf("rejected")).toMatchObject([{ tenantId: "a", imsi: IMSI, epcId: "epc_1" }]);
  });

  test.each<[Roaming, string]>([
    [{ allowed: "none" }, "experimental 5004"],
    [{ allowed: "all" }, "2001"],
    [{ allowed: "listed", plmns: [{ mcc: "262", mnc: "01" }] }, "2001"],
    [{ allowed: "listed", plmns: [{ mcc: "262", mnc: "001" }] }, "experimental 5004"],
  ])("abroad, with roaming %j", async (roaming, result) => {
    lab.directory.changeProfile(IMSI, { roaming });
    expect(resultOf(await mme.air(IMSI, { plmn: FOREIGN_PLMN }))).toBe(result);
    expect(resultOf(await mme.air(IMSI))).toBe("2001");
  });

  test("keys that can't be opened give 4181, and no word of why to the MME", async () => {
    lab.directory.changeSubscriber(IMSI, {
      openKeys: () => {
        throw new Error("the seal is broken");
      },
    });
    const answer = await mme.air(IMSI);
    expect(resultOf(answer)).toBe("experimental 4181");
    expect(answer.octets.includes("seal")).toBe(false);
    expect(lab.lines.find(([event]) => event === "no authentication vectors")?.[1]).toMatchObject({
      error: "the keys cannot be used: the seal is broken",
      imsi: "00101********01",
    });
  });

  test("keys of the wrong length give 4181 and are wiped", async () => {
    const k = Buffer.alloc(15, 1);
    lab.directory.changeSubscriber(IMSI, { openKeys: () => ({ ...KEYS, k, operator: Buffer.alloc(16) }) });
    expect(resultOf(await mme.air(IMSI))).toBe("experimental 4181");
    expect(k.every((octet) => octet === 0)).toBe(true);
  });
});

describe("tenants", () => {
  test("another tenant's subscriber does not exist, and its tenant gets to know once a minute", async () => {
    const [theirs, nobodys] = [await mme.air(IMSI_B), await mme.air("001010000000777")];
    await mme.air(IMSI_B);
    expect(resultOf(theirs)).toBe("experimental 5001");
    expect(theirs.octets.length).toBe(nobodys.octets.length);
    expect(lab.reporter.activities).toMatchObject([{ tenantId: "b", imsi: IMSI_B, kind: "cross-tenant" }]);
    expect(lab.directory.handedOut).toEqual([]);
  });

  test("a roaming partner's MME is served, and not the other way round", async () => {
    lab.directory.addTenant({ id: "b", roamingPartners: ["a"] });
    expect(resultOf(await mme.air(IMSI_B))).toBe("2001");
    const other = await lab.connect(MME_B);
    expect(resultOf(await other.air(IMSI))).toBe("experimental 5001");
  });
});

describe("requests with faults", () => {
  const info = avp(RequestedEutranAuthenticationInfo, []);
  const plmn = avp(VisitedPlmnId, PLMN);
  const user = avp(UserName, IMSI);

  test.each([
    ["without User-Name", [info, plmn], "5005", UserName],
    ["without Visited-PLMN-Id", [user, info], "5005", VisitedPlmnId],
    ["that asks for nothing", [user, plmn], "5005", RequestedEutranAuthenticationInfo],
    ["with an IMSI of 5 digits", [avp(UserName, "00101"), info, plmn], "5004", UserName],
    ["with an IMSI of 16 digits", [avp(UserName, "0010100000000011"), info, plmn], "5004", UserName],
    ["with letters for an IMSI", [avp(UserName, "00101000000000a"), info, plmn], "5004", UserName],
    ["with two octets of PLMN", [user, info, avp(VisitedPlmnId, Buffer.alloc(2))], "5004", VisitedPlmnId],
    ["with a PLMN of no digits", [user, info, avp(VisitedPlmnId, Buffer.from("00faff", "hex"))], "5004", VisitedPlmnId],
    [
      "with half an AUTS",
      [user, avp(RequestedEutranAuthenticationInfo, [avp(ReSynchronizationInfo, Buffer.alloc(23))]), plmn],
      "5004",
      ReSynchronizationInfo,
    ],
  ] as const)("%s", async (_what, avps, result, failed) => {
    const answer = await mme.s6a(COMMAND.AUTHENTICATION_INFORMATION, avps);
    expect(resultOf(answer)).toBe(result);
    expect(answer.get(FailedAvp)?.has(failed)).toBe(true);
  });
});
