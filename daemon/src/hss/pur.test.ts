import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import { FailedAvp, UserName } from "../diameter/dictionary/base.ts";
import { COMMAND } from "../diameter/dictionary/commands.ts";
import { Imei, PuaFlags, TerminalInformation } from "../diameter/dictionary/s6a.ts";
import { HssLab, IMEI, IMSI, IMSI_B, type LabMme, MME_A, MME_A2, resultOf } from "../testing/hssLab.ts";

let lab: HssLab;
let mme: LabMme;
let other: LabMme;

beforeEach(async () => {
  lab = await new HssLab().start();
  mme = await lab.connect(MME_A);
  other = await lab.connect(MME_A2);
});
afterEach(() => lab.stop());

const purge = (at: LabMme, imsi = IMSI) => at.s6a(COMMAND.PURGE_UE, [avp(UserName, imsi)]);
const notify = (at: LabMme, imsi = IMSI, imei = "") =>
  at.s6a(COMMAND.NOTIFY, [avp(UserName, imsi), ...(imei ? [avp(TerminalInformation, [avp(Imei, imei)])] : [])]);

describe("PUR", () => {
  test("of the serving MME: the registration stays, marked, and the M-TMSI is frozen", async () => {
    await mme.ulr(IMSI);
    const answer = await purge(mme);
    expect([resultOf(answer), answer.get(PuaFlags)]).toEqual(["2001", 1]);
    expect(lab.registrations.get(IMSI)).toMatchObject({ mme: MME_A, purged: true });
    expect(lab.reporter.of("detached")).toEqual([["a", IMSI, "purged"]]);
    expect(lab.reporter.activitiesOf("detach")).toHaveLength(1);
  });

  test("of another MME changes nothing", async () => {
    await mme.ulr(IMSI);
    const answer = await purge(other);
    expect([resultOf(answer), answer.get(PuaFlags)]).toEqual(["2001", 0]);
    expect(lab.registrations.get(IMSI)?.purged).toBe(false);
    expect(lab.reporter.of("detached")).toEqual([]);
  });

  test("a purged subscriber that comes back elsewhere is not cancelled at the old MME", async () => {
    await mme.ulr(IMSI);
    await purge(mme);
    await other.ulr(IMSI);
    await mme.air(IMSI);
    expect(mme.received).toEqual([]);
    expect(lab.registrations.get(IMSI)).toMatchObject({ mme: MME_A2, purged: false });
  });

  test.each([["001010000000777"], [IMSI_B]])("of %s, unknown to this MME", async (imsi) => {
    expect(resultOf(await purge(mme, imsi))).toBe("experimental 5001");
  });

  test("with an IMSI that is none", async () => {
    const answer = await purge(mme, "12345");
    expect(resultOf(answer)).toBe("5004");
    expect(answer.get(FailedAvp)?.get(UserName)).toBe("12345");
  });

  test("that cannot be kept is answered 5012", async () => {
    await mme.ulr(IMSI);
    lab.registrations.broken = true;
    expect(resultOf(await purge(mme))).toBe("5012");
    expect(lab.reporter.of("detached")).toEqual([]);
  });
});

describe("NOR", () => {
  test("of the serving MME keeps the device it tells of", async () => {
    await mme.ulr(IMSI);
    expect(resultOf(await notify(mme, IMSI, IMEI))).toBe("2001");
    expect(lab.registrations.get(IMSI)?.imei).toBe(IMEI);
    expect(lab.reporter.of("equipmentSeen")).toEqual([["a", IMSI, IMEI, undefined]]);
    expect(resultOf(await notify(mme))).toBe("2001");
  });

  test("of an MME that does not serve the subscriber gets 5423", async () => {
    expect(resultOf(await notify(other))).toBe("experimental 5423");
    await mme.ulr(IMSI);
    expect(resultOf(await notify(other, IMSI, IMEI))).toBe("experimental 5423");
    expect(lab.reporter.of("equipmentSeen")).toEqual([]);
  });

  test.each([["001010000000777"], [IMSI_B]])("of %s, unknown to this MME", async (imsi) => {
    expect(resultOf(await notify(mme, imsi))).toBe("experimental 5001");
  });

  test("with an IMEI that is none", async () => {
    await mme.ulr(IMSI);
    const answer = await notify(mme, IMSI, "12");
    expect(resultOf(answer)).toBe("5004");
    expect(answer.get(FailedAvp)?.get(TerminalInformation)?.get(Imei)).toBe("12");
  });
});
