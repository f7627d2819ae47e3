import { updateSubscriber } from "@wisptools/core/api/subscribers";
import { describe, expect, it } from "vitest";
import { changes, differences, emptyDraft, readPlmns, rebased, toBody, toDraft, toSettings } from "./draft.ts";

const stored = () =>
  toDraft({
    label: "Farm gate",
    planId: "gold",
    apnIds: ["internet"],
    staticAddresses: { internet: "10.45.0.9" },
    roaming: { allowed: "listed", plmns: [{ mcc: "310", mnc: "410" }] },
  });

describe("a draft", () => {
  it("that nobody touched changes nothing", () => expect(changes(stored(), stored())).toEqual({}));

  it("sends what was touched alone, and null for what was emptied", () => {
    const draft = { ...stored(), planId: "", groupId: "homes", roaming: "" as const };
    const body = changes(draft, stored());
    expect(body).toEqual({ plan_id: null, group_id: "homes", roaming: null });
    expect(updateSubscriber.body.safeParse(body).success).toBe(true);
  });

  it("leaves out addresses that were emptied", () => {
    const draft = { ...stored(), addresses: { internet: " ", voice: "10.46.0.1" } };
    expect(changes(draft, stored())).toEqual({ static_addresses: { voice: "10.46.0.1" } });
  });

  it("that is empty makes a body of defaults", () =>
    expect(toBody(emptyDraft())).toMatchObject({ apn_ids: null, denied_rats: null, roaming: null, label: "" }));

  it("amounts to settings", () =>
    expect(toSettings({ ...stored(), ownRats: true, deniedRats: ["utran"] })).toMatchObject({
      planId: "gold",
      apnIds: ["internet"],
      deniedRats: ["utran"],
      roaming: { allowed: "listed" },
    }));
});

it("reads networks however they are written", () => {
  const [a, b] = [
    { mcc: "001", mnc: "01" },
    { mcc: "310", mnc: "410" },
  ];
  expect(readPlmns("001/01, 310-410")).toEqual([a, b]);
  expect(readPlmns("00101 310410")).toEqual([a, b]);
});

describe("a conflict", () => {
  const theirs = () => ({ ...stored(), planId: "silver", label: "Gate 2" });
  it("says what somebody else changed", () =>
    expect(differences(stored(), theirs())).toEqual([
      { field: "Label", before: "Farm gate", after: "Gate 2" },
      { field: "Plan", before: "gold", after: "silver" },
    ]));
  it("keeps mine on top of theirs", () => {
    const mine = { ...stored(), label: "Mine" };
    const next = rebased(mine, stored(), theirs());
    expect(changes(next, theirs())).toEqual({ label: "Mine" });
    expect(next.planId).toBe("silver");
  });
});
