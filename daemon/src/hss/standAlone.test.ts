// A lab: one tenant without networks of its own, MMEs that nobody enrolled.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import { OriginRealm } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { EquipmentStatus, Imei, SubscriptionData, TerminalInformation } from "../diameter/dictionary/s6a.ts";
import { FOREIGN_PLMN, HssLab, IMEI, IMSI, type LabMme, resultOf } from "../testing/hssLab.ts";

let lab: HssLab;
let mme: LabMme;

beforeEach(async () => {
  lab = await new HssLab({ trusted: { realm: "localdomain" } }).start();
  lab.directory.tenantRecords.clear();
  lab.directory.addTenant({ id: "a", plmns: [] });
  mme = await lab.connect("mme.localdomain");
});
afterEach(() => lab.stop());

test("any MME attaches any subscriber in any network, answered by the realm of the configuration", async () => {
  const answer = await mme.air(IMSI, { plmn: FOREIGN_PLMN });
  expect([resultOf(answer), answer.get(OriginRealm)]).toEqual(["2001", "localdomain"]);
  const ula = await mme.ulr(IMSI, { plmn: FOREIGN_PLMN });
  expect([resultOf(ula), ula.has(SubscriptionData)]).toEqual(["2001", true]);
  expect(lab.registrations.get(IMSI)).toMatchObject({ mme: "mme.localdomain", tenantId: "a" });
});

test("a changed file reaches the MME", async () => {
  await mme.ulr(IMSI);
  lab.directory.changeProfile(IMSI, { status: "suspended" });
  lab.pushes.profilesChanged("a", [IMSI]);
  await vi.waitFor(() => expect(mme.of(COMMAND.CANCEL_LOCATION)).toHaveLength(1));
});

test("a second MME takes the subscriber from the first", async () => {
  await mme.ulr(IMSI);
  const other = await lab.connect("mme2.localdomain");
  await other.ulr(IMSI);
  await vi.waitFor(() => expect(mme.of(COMMAND.CANCEL_LOCATION)).toHaveLength(1));
});

test("equipment is looked up in the only tenant's lists", async () => {
  lab.directory.equipmentLists.set(`a/${IMEI.slice(0, 14)}`, "black");
  const answer = await mme.peer.request(COMMAND.ME_IDENTITY_CHECK, APPLICATION.S13, [
    avp(TerminalInformation, [avp(Imei, IMEI)]),
  ]);
  expect(answer.get(EquipmentStatus)).toBe(1);
});
