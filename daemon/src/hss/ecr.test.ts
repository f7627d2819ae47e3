import type { EquipmentList } from "@wisptools/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import { FailedAvp, UserName } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { EquipmentStatus, Imei, SoftwareVersion, TerminalInformation } from "../diameter/dictionary/s6a.ts";
import { HssLab, IMEI, IMSI, IMSI_B, type LabMme, MME_A, resultOf } from "../testing/hssLab.ts";

let lab: HssLab;
let mme: LabMme;

beforeEach(async () => {
  lab = await new HssLab().start();
  mme = await lab.connect(MME_A);
});
afterEach(() => lab.stop());

const OTHER_IMEI = "490154203237518";

function ecr(avps: readonly Avp[]): Promise<Message> {
  return mme.peer.request(COMMAND.ME_IDENTITY_CHECK, APPLICATION.S13, avps);
}

const check = (imei: string, imsi?: string) =>
  ecr([
    avp(TerminalInformation, [avp(Imei, imei), avp(SoftwareVersion, "01")]),
    ...(imsi === undefined ? [] : [avp(UserName, imsi)]),
  ]);

function list(imei: string, of: EquipmentList): void {
  lab.directory.equipmentLists.set(`a/${imei.slice(0, 14)}`, of);
}

describe("equipment on a list", () => {
  test.each([
    ["white", 0, undefined],
    ["black", 1, "warning"],
    ["grey", 2, "info"],
  ] as const)("%s has Equipment-Status %s", async (of, status, severity) => {
    list(IMEI, of);
    const answer = await check(IMEI);
    expect([resultOf(answer), answer.get(EquipmentStatus)]).toEqual(["2001", status]);
    const alerts = lab.reporter.activitiesOf("equipment-refused").map((each) => each.severity);
    expect(alerts).toEqual(severity === undefined ? [] : [severity]);
  });

  test("is found by 14 digits, or with 0 for the check digit", async () => {
    list(IMEI, "black");
    for (const imei of [IMEI.slice(0, 14), `${IMEI.slice(0, 14)}0`, `${IMEI.slice(0, 14)}01`]) {
      expect((await check(imei)).get(EquipmentStatus)).toBe(1);
    }
    // One alert for one device.
    expect(lab.reporter.activitiesOf("equipment-refused")).toHaveLength(1);
  });

  test("of another tenant does not count", async () => {
    lab.directory.equipmentLists.set(`b/${IMEI.slice(0, 14)}`, "black");
    expect((await check(IMEI)).get(EquipmentStatus)).toBe(0);
  });
});

describe("equipment on no list", () => {
  test.each([
    ["white", "2001", 0],
    ["grey", "2001", 2],
    ["black", "experimental 5422", undefined],
  ] as const)("of a tenant that takes it for %s", async (unknownEquipment, result, status) => {
    lab.directory.addTenant({ id: "a", unknownEquipment });
    const answer = await check(IMEI);
    expect([resultOf(answer), answer.get(EquipmentStatus)]).toEqual([result, status]);
  });
});

describe("equipment bound to a subscription", () => {
  test("other equipment with that IMSI is black, though it is on the white list", async () => {
    lab.directory.changeProfile(IMSI, { imei: IMEI });
    list(OTHER_IMEI, "white");
    expect((await check(OTHER_IMEI, IMSI)).get(EquipmentStatus)).toBe(1);
    expect((await check(IMEI, IMSI)).get(EquipmentStatus)).toBe(0);
    expect((await check(OTHER_IMEI)).get(EquipmentStatus)).toBe(0);
    expect(lab.reporter.activitiesOf("equipment-refused")).toMatchObject([
      { tenantId: "a", imsi: IMSI, epcId: "epc_1" },
    ]);
    expect(lab.reporter.of("equipmentSeen").map(([, imsi, imei]) => [imsi, imei])).toEqual([
      [IMSI, OTHER_IMEI],
      [IMSI, IMEI],
    ]);
  });

  test("another tenant's binding is not found out by asking", async () => {
    lab.directory.changeProfile(IMSI_B, { imei: IMEI });
    expect((await check(OTHER_IMEI, IMSI_B)).get(EquipmentStatus)).toBe(0);
    expect(lab.reporter.of("equipmentSeen")).toEqual([]);
    expect(lab.reporter.activitiesOf("cross-tenant")).toMatchObject([{ tenantId: "b" }]);
  });

  test("an IMSI that nobody has leaves the lists to decide", async () => {
    list(IMEI, "grey");
    expect((await check(IMEI, "001010000000777")).get(EquipmentStatus)).toBe(2);
  });
});

describe("requests with faults", () => {
  const terminal = (...avps: Avp[]) => avp(TerminalInformation, avps);

  test.each([
    ["without Terminal-Information", [avp(UserName, IMSI)], "5005"],
    ["without an IMEI", [terminal(avp(SoftwareVersion, "01"))], "5005"],
    ["with an IMEI of 13 digits", [terminal(avp(Imei, "1234567890123"))], "5004"],
    ["with letters for an IMEI", [terminal(avp(Imei, "35693803564380a"))], "5004"],
  ])("%s", async (_what, avps, result) => {
    const answer = await ecr(avps);
    expect(resultOf(answer)).toBe(result);
    expect(answer.get(FailedAvp)?.has(TerminalInformation)).toBe(true);
  });

  test("with an IMSI that is none", async () => {
    const answer = await check(IMEI, "abc");
    expect(resultOf(answer)).toBe("5004");
    expect(answer.get(FailedAvp)?.has(UserName)).toBe(true);
  });
});
