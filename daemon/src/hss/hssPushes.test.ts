import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import type { Message } from "../diameter/codec/message.ts";
import { ServiceSelection, UserName } from "../diameter/dictionary/base.ts";
import { COMMAND } from "../diameter/dictionary/commands.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { MaxRequestedBandwidthDl } from "../diameter/dictionary/gx.ts";
import {
  AllApnConfigurationsIncludedIndicator,
  Ambr,
  ApnConfiguration,
  ApnConfigurationProfile,
  CancellationType,
  ClrFlags,
  DsrFlags,
  PurFlags,
  SubscriptionData,
} from "../diameter/dictionary/s6a.ts";
import type { Registration } from "../records.ts";
import {
  HssLab,
  IMEI,
  IMSI,
  IMSI_B,
  KEYS,
  type LabMme,
  MME_A,
  MME_A2,
  MME_B,
  profile,
  resultOf,
} from "../testing/hssLab.ts";

let lab: HssLab;
let mme: LabMme;

async function begin(options: ConstructorParameters<typeof HssLab>[0] = {}): Promise<void> {
  lab = await new HssLab(options).start();
  mme = await lab.connect(MME_A);
}

beforeEach(() => begin());
afterEach(() => lab.stop());

const clr = COMMAND.CANCEL_LOCATION;
const idr = COMMAND.INSERT_SUBSCRIBER_DATA;
const FASTER = { rates: { uplink: 7_000_000, downlink: 70_000_000 } };

function cancelled(message: Message | undefined) {
  return [message?.get(UserName), message?.get(CancellationType), message?.get(ClrFlags)];
}

function downlink(message: Message | undefined) {
  return message?.get(SubscriptionData)?.get(Ambr)?.get(MaxRequestedBandwidthDl);
}

/** Comes behind everything that the HSS sent before: its answer shows that nothing else came. */
async function silence(at: LabMme, imsi = IMSI): Promise<void> {
  await vi.waitFor(() => expect(lab.pushes.size).toBe(0));
  await at.air(imsi);
}

describe("a changed profile", () => {
  test("goes to the MME whole, is noted, and is not sent again", async () => {
    await mme.ulr(IMSI);
    lab.directory.changeProfile(IMSI, FASTER);
    lab.pushes.profilesChanged("a", [IMSI]);
    await vi.waitFor(() => expect(mme.of(idr)).toHaveLength(1));
    const [message] = mme.of(idr);
    expect(message?.get(UserName)).toBe(IMSI);
    expect(downlink(message)).toBe(70_000_000);
    const list = message?.get(SubscriptionData)?.get(ApnConfigurationProfile);
    expect(list?.get(AllApnConfigurationsIncludedIndicator)).toBe(0);
    expect(list?.all(ApnConfiguration).map((apn) => apn.get(ServiceSelection))).toEqual(["internet"]);
    await vi.waitFor(() => expect(lab.reporter.activitiesOf("profile-pushed")).toHaveLength(1));
    expect(lab.registrations.get(IMSI)?.sent).toBe(lab.directory.subscriber(IMSI)?.profileHash);
    lab.pushes.profilesChanged("a", [IMSI]);
    lab.pushes.profilesChanged("a", undefined);
    await silence(mme);
    expect(mme.received).toHaveLength(1);
  });

  test("of a whole tenant reaches every MME, and only subscribers whose profile differs", async () => {
    const second = "001010000000002";
    lab.directory.addSubscriber({ imsi: second, tenantId: "a", profile: profile(), keys: KEYS });
    const other = await lab.connect(MME_A2);
    await mme.ulr(IMSI);
    await other.ulr(second);
    lab.directory.changeProfile(second, FASTER);
    lab.pushes.profilesChanged("a", undefined);
    await vi.waitFor(() => expect(other.of(idr)).toHaveLength(1));
    await silence(mme);
    expect(mme.received).toEqual([]);
  });

  test("the newest one wins while the MME takes its time, and one is under way at a time", async () => {
    await mme.ulr(IMSI);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    mme.answer = async () => {
      await held;
      return { avps: [] };
    };
    for (const rate of [1, 2, 3]) {
      lab.directory.changeProfile(IMSI, { rates: { uplink: 1_000_000, downlink: rate * 1_000_000 } });
      lab.pushes.profilesChanged("a", [IMSI]);
      await vi.waitFor(() => expect(mme.of(idr)).toHaveLength(1));
    }
    release();
    await vi.waitFor(() => expect(mme.of(idr)).toHaveLength(2));
    expect(mme.of(idr).map(downlink)).toEqual([1_000_000, 3_000_000]);
    await vi.waitFor(() => expect(lab.registrations.get(IMSI)?.sent).toBe(lab.directory.subscriber(IMSI)?.profileHash));
  });

  test("that comes while the registration is being written is pushed after the answer", async () => {
    const answer = mme.ulr(IMSI);
    await vi.waitFor(() => expect(lab.registrations.writing).toBe(1), { interval: 0 });
    lab.directory.changeProfile(IMSI, FASTER);
    lab.pushes.profilesChanged("a", [IMSI]);
    expect(resultOf(await answer)).toBe("2001");
    await vi.waitFor(() => expect(mme.of(idr).map(downlink)).toEqual([70_000_000]));
  });

  test("that was made while the MME was away is told when it is back", async () => {
    await mme.ulr(IMSI);
    mme.peer.cut("away");
    await vi.waitFor(() => expect(lab.server.peers()).toEqual([]));
    lab.directory.changeProfile(IMSI, FASTER);
    lab.pushes.profilesChanged("a", [IMSI]);
    const back = await lab.connect(MME_A);
    await vi.waitFor(() => expect(back.of(idr)).toHaveLength(1));
  });

  test("is not for an MME that purged the subscriber", async () => {
    await mme.ulr(IMSI);
    await mme.s6a(COMMAND.PURGE_UE, [avp(UserName, IMSI), avp(PurFlags, 1)]);
    lab.directory.changeProfile(IMSI, FASTER);
    lab.pushes.profilesChanged("a", [IMSI]);
    await silence(mme);
    expect(mme.received).toEqual([]);
  });

  test("that the MME refuses makes the UE attach anew", async () => {
    await mme.ulr(IMSI);
    mme.answer = ({ commandCode }) => ({ resultCode: commandCode === idr ? 5012 : 2001, avps: [] });
    lab.directory.changeProfile(IMSI, FASTER);
    lab.pushes.profilesChanged("a", [IMSI]);
    await vi.waitFor(() => expect(mme.of(clr)).toHaveLength(1));
    expect(cancelled(mme.of(clr)[0])).toEqual([IMSI, 2, 3]);
    await vi.waitFor(() => expect(lab.registrations.records.size).toBe(0));
    expect(lab.reporter.of("detached")).toEqual([["a", IMSI, "detached"]]);
  });

  test("for a UE that the MME has lost ends the registration", async () => {
    await mme.ulr(IMSI);
    mme.answer = () => ({ experimentalResult: { vendorId: THREEGPP, code: 5001 }, avps: [] });
    lab.directory.changeProfile(IMSI, FASTER);
    lab.pushes.profilesChanged("a", [IMSI]);
    await vi.waitFor(() => expect(lab.registrations.records.size).toBe(0));
    expect(mme.of(clr)).toEqual([]);
  });

  test("with a plan that went missing leaves the UE on the air", async () => {
    await mme.ulr(IMSI);
    lab.directory.changeSubscriber(IMSI, { profile: undefined });
    lab.pushes.profilesChanged("a", [IMSI]);
    await vi.waitFor(() => expect(lab.pushes.size).toBe(0));
    expect(resultOf(await mme.air(IMSI))).toBe("experimental 5420");
    expect(mme.received).toEqual([]);
    expect(lab.registrations.records.size).toBe(1);
  });
});

describe("the UE must leave", () => {
  test.each([
    ["suspended", () => lab.directory.changeProfile(IMSI, { status: "suspended" })],
    ["terminated", () => lab.directory.changeProfile(IMSI, { status: "terminated" })],
    ["deleted", () => lab.directory.subscriberRecords.delete(IMSI)],
    ["denied its RAT", () => lab.directory.changeProfile(IMSI, { accessRestriction: 16 })],
    ["bound to other equipment", () => lab.directory.changeProfile(IMSI, { imei: "490154203237518" })],
  ])("when the subscriber is %s: CLR of type 2", async (_what, arrange) => {
    await mme.ulr(IMSI, { imei: IMEI });
    arrange();
    lab.pushes.profilesChanged("a", [IMSI]);
    await vi.waitFor(() => expect(mme.received).toHaveLength(1));
    expect(cancelled(mme.of(clr)[0])).toEqual([IMSI, 2, 1]);
    await vi.waitFor(() => expect(lab.reporter.activitiesOf("location-cancelled")).toHaveLength(1));
    expect(lab.registrations.records.size).toBe(0);
    expect(lab.reporter.of("detached")).toEqual([["a", IMSI, "detached"]]);
  });

  test("when a roaming partner is one no longer", async () => {
    lab.directory.addTenant({ id: "b", roamingPartners: ["a"] });
    await mme.ulr(IMSI_B);
    await mme.ulr(IMSI);
    lab.directory.addTenant({ id: "b" });
    lab.pushes.tenantsChanged();
    await vi.waitFor(() => expect(mme.received).toHaveLength(1));
    expect(cancelled(mme.of(clr)[0])).toEqual([IMSI_B, 2, 1]);
    await vi.waitFor(() => expect([...lab.registrations.records.keys()]).toEqual([IMSI]));
  });

  test("when its tenant is suspended, whose MMEs then are sent away", async () => {
    const theirs = await lab.connect(MME_B);
    await mme.ulr(IMSI);
    await theirs.ulr(IMSI_B);
    lab.directory.addTenant({ id: "a", active: false });
    lab.pushes.tenantsChanged();
    await mme.peer.closed;
    expect(cancelled(mme.of(clr)[0])).toEqual([IMSI, 2, 1]);
    expect([...lab.registrations.records.keys()]).toEqual([IMSI_B]);
    expect(lab.server.peers().map(({ originHost }) => originHost)).toEqual([MME_B]);
    await expect(lab.connect(MME_A)).rejects.toMatchObject({ resultCode: 3010 });
  });
});

describe("a subscriber that another daemon registered elsewhere", () => {
  async function movedAway(): Promise<Registration> {
    await mme.ulr(IMSI);
    const old = lab.registrations.get(IMSI) as Registration;
    await lab.registrations.put({ ...old, mme: "mme.elsewhere.example", sent: "" });
    return old;
  }

  test("leaves its old MME, which is told though nobody asked for it", async () => {
    const old = await movedAway();
    lab.pushes.registrationsChanged([IMSI], [old]);
    await vi.waitFor(() => expect(mme.of(clr).map(cancelled)).toEqual([[IMSI, 0, 1]]), { timeout: 5_000 });
    expect(lab.registrations.get(IMSI)?.mme).toBe("mme.elsewhere.example");
  });

  test("leaves it once, when the other daemon asks too", async () => {
    const old = await movedAway();
    lab.pushes.registrationsChanged([IMSI], [old]);
    const asked = {
      id: "hss_2",
      tenantId: "a",
      imsi: IMSI,
      action: "cancel-location" as const,
      peer: MME_A,
      cancellationType: 0,
    };
    expect(await lab.pushes.command(asked)).toEqual({ done: true, result: "done" });
    await new Promise((wake) => setTimeout(wake, 2_500));
    expect(mme.of(clr)).toHaveLength(1);
  });

  test("leaves it each time it went there, though it goes to and fro within seconds", async () => {
    for (const times of [1, 2]) {
      const old = await movedAway();
      lab.pushes.registrationsChanged([IMSI], [old]);
      await vi.waitFor(() => expect(mme.of(clr)).toHaveLength(times), { timeout: 5_000 });
    }
  }, 15_000);

  test("does not leave it when it has come back meanwhile", async () => {
    const old = await movedAway();
    lab.pushes.registrationsChanged([IMSI], [old]);
    await mme.ulr(IMSI);
    await new Promise((wake) => setTimeout(wake, 2_500));
    expect(mme.of(clr)).toEqual([]);
  });
});

describe("an operator's, or another daemon's, command", () => {
  const command = { id: "hss_1", tenantId: "a", imsi: IMSI };

  test("cancel-location: the UE is detached and told to attach anew", async () => {
    await mme.ulr(IMSI);
    const result = await lab.pushes.command({ ...command, action: "cancel-location" });
    expect(result).toEqual({ done: true, result: "done" });
    expect(mme.received).toHaveLength(1);
    expect(cancelled(mme.of(clr)[0])).toEqual([IMSI, 2, 3]);
    expect(lab.registrations.records.size).toBe(0);
  });

  test("cancel-location of another daemon: the old MME is told with its type, the registration elsewhere stays", async () => {
    const other = await lab.connect(MME_A2);
    await other.ulr(IMSI);
    const asked = { ...command, action: "cancel-location" as const, peer: MME_A, cancellationType: 0 };
    expect(await lab.pushes.command(asked)).toEqual({ done: true, result: "done" });
    expect(cancelled(mme.of(clr)[0])).toEqual([IMSI, 0, 1]);
    expect(lab.registrations.get(IMSI)?.mme).toBe(MME_A2);
    await mme.ulr(IMSI);
    mme.received.length = 0;
    expect(await lab.pushes.command(asked)).toEqual({ done: true, result: "it is registered there again" });
    expect(mme.received).toEqual([]);
  });

  test("reread: the whole profile, though nothing changed, and what an IDR can't take away by DSR", async () => {
    await mme.ulr(IMSI);
    expect(await lab.pushes.command({ ...command, action: "reread" })).toEqual({ done: true, result: "done" });
    expect(mme.received.map(({ commandCode }) => commandCode)).toEqual([idr, COMMAND.DELETE_SUBSCRIBER_DATA]);
    expect(mme.of(COMMAND.DELETE_SUBSCRIBER_DATA)[0]?.get(DsrFlags)).toBe(1 << 14);
  });

  test("purge: forgets the registration, though its MME is gone", async () => {
    await mme.ulr(IMSI);
    mme.peer.cut("gone for good");
    await vi.waitFor(() => expect(lab.server.peers()).toEqual([]));
    expect(lab.pushes.holds({ ...command, action: "purge" })).toBe(true);
    const result = await lab.pushes.command({ ...command, action: "purge" });
    expect(result).toEqual({ done: true, result: "the registration is forgotten" });
    expect(lab.registrations.records.size).toBe(0);
    expect(lab.reporter.of("detached")).toEqual([["a", IMSI, "detached"]]);
  });

  test("an MME that refuses or does not answer is told in words", async () => {
    await mme.ulr(IMSI);
    mme.answer = () => ({ resultCode: 5012, avps: [] });
    const result = await lab.pushes.command({ ...command, action: "cancel-location" });
    expect(result).toEqual({ done: false, result: "the MME refused it with Result-Code 5012" });
  });

  test.each(["cancel-location", "reread", "purge"] as const)("%s of who is not registered", async (action) => {
    expect(await lab.pushes.command({ ...command, action })).toEqual({
      done: false,
      result: "the subscriber is not registered",
    });
  });

  test("is left to others when the MME is not connected here, and to the PCRF when it is about sessions", async () => {
    await mme.ulr(IMSI);
    expect(lab.pushes.holds({ ...command, action: "reread" })).toBe(true);
    expect(await lab.pushes.command({ ...command, action: "end-sessions" })).toBeUndefined();
    mme.peer.cut("away");
    await vi.waitFor(() => expect(lab.server.peers()).toEqual([]));
    expect(await lab.pushes.command({ ...command, action: "cancel-location" })).toBeUndefined();
    expect(lab.pushes.holds({ ...command, action: "reread" })).toBe(false);
  });

  test.each(["cancel-location", "reread", "purge"] as const)("%s of another tenant finds nobody", async (action) => {
    await mme.ulr(IMSI);
    expect(await lab.pushes.command({ ...command, tenantId: "b", action })).toMatchObject({ done: false });
    const cross = { ...command, tenantId: "b", action, peer: MME_A, cancellationType: 2 };
    const result = await lab.pushes.command(cross);
    expect(result?.done ?? false).toBe(false);
    expect(mme.received).toEqual([]);
    expect(lab.registrations.records.size).toBe(1);
  });
});

describe("many", () => {
  const COUNT = 20_000;

  function register(count: number): void {
    for (let n = 0; n < count; n++) {
      const imsi = `00101${String(n).padStart(10, "0")}`;
      lab.directory.addSubscriber({ imsi, tenantId: "a", profile: profile(), keys: KEYS });
      lab.registrations.records.set(imsi, {
        ...{ imsi, tenantId: "a", mme: MME_A, mmeRealm: "a.example", visitedPlmn: "00f110", ratType: 1004, at: n },
        ...{ purged: false, sent: "older" },
      });
    }
  }

  test("are not told all at once, and requests are answered meanwhile", async () => {
    await lab.stop();
    await begin({ perSecond: 50 });
    register(COUNT);
    lab.pushes.profilesChanged("a", undefined);
    await vi.waitFor(() => expect(mme.of(idr).length).toBeGreaterThan(60), { timeout: 5_000 });
    expect(mme.of(idr).length).toBeLessThan(COUNT / 2);
    expect(resultOf(await mme.air(IMSI))).toBe("2001");
  });

  test("a walk that finds nothing to tell ends, and starts again when there is something", async () => {
    register(COUNT);
    for (const each of lab.registrations.records.values()) {
      lab.registrations.records.set(each.imsi, {
        ...each,
        sent: lab.directory.subscriber(each.imsi)?.profileHash ?? "",
      });
    }
    lab.pushes.profilesChanged("a", undefined);
    lab.pushes.profilesChanged("a", undefined);
    const last = `00101${String(COUNT - 1).padStart(10, "0")}`;
    lab.directory.changeProfile(last, FASTER);
    lab.pushes.profilesChanged("a", undefined);
    await vi.waitFor(() => expect(mme.of(idr)).toHaveLength(1), { timeout: 5_000 });
    expect(mme.of(idr)[0]?.get(UserName)).toBe(last);
  });
});

test("after lost state each MME is told once", async () => {
  await lab.stop();
  await begin({ lostState: true });
  await vi.waitFor(() => expect(mme.of(COMMAND.RESET)).toHaveLength(1));
  mme.peer.cut("away");
  await vi.waitFor(() => expect(lab.server.peers()).toEqual([]));
  const back = await lab.connect(MME_A);
  await back.air(IMSI);
  expect(back.received).toEqual([]);
});
