import type { EnrolmentToken } from "@wisptools/core/documents/access";
import type { Tenant } from "@wisptools/core/documents/tenant";
import type { EpcState } from "@wisptools/core/domain/epcState";
import { describe, expect, it } from "vitest";
import { type Facts, leading, settled, stepsDone } from "./progress.ts";

const tenant = {
  plmns: [{ mcc: "001", mnc: "01" }],
  tacRanges: [{ from: 1, to: 10 }],
  enrolmentPolicy: "token",
  coreSource: { uri: "https://packages.example/open5gs", suite: "./", components: [] },
} as unknown as Tenant;
const bare: Facts = { tenant, tokens: [], epcs: [], now: 0 };
const done = (more: Partial<Facts>) => [...stepsDone({ ...bare, ...more })];

describe("stepsDone", () => {
  it("wants a repository that can exist", () => {
    expect(done({})).toEqual(["tenant"]);
    expect(
      done({ tenant: { ...tenant, coreSource: { ...tenant.coreSource, uri: "http://deb.open5gs.invalid/" } } }),
    ).toEqual([]);
  });

  it("wants a token that holds, unless the policy does without", () => {
    expect(done({ tokens: [{ uses: 0 } as EnrolmentToken] })).toEqual(["tenant", "token"]);
    expect(done({ tokens: [{ uses: 1, maxUses: 1 } as EnrolmentToken] })).toEqual(["tenant"]);
    expect(done({ tenant: { ...tenant, enrolmentPolicy: "approval" } })).toEqual(["tenant", "token"]);
  });

  it("follows the boxes, retired ones left out", () => {
    expect(done({ epcs: [{ state: "retired" }] })).toEqual(["tenant"]);
    expect(done({ epcs: [{ state: "deploying" }] })).toEqual(["tenant", "token", "box"]);
    expect(done({ epcs: [{ state: "degraded" }] })).toEqual(["tenant", "token", "box", "online", "done"]);
  });
});

it("counts boxes as settled once they have left their first deployment", () => {
  const epc = (id: string, state: EpcState) => ({ id, state });
  expect([...settled([epc("a", "online"), epc("b", "deploying"), epc("c", "enrolled"), epc("d", "offline")])]).toEqual([
    "a",
    "d",
  ]);
});

it("leads with the box on its way, the latest of them", () => {
  const epc = (state: EpcState, at: number) => ({ state, stateSince: new Date(at) });
  expect(leading([epc("online", 9), epc("deploying", 1), epc("deploying", 2), epc("retired", 10)])).toEqual(
    epc("deploying", 2),
  );
  expect(leading([epc("retired", 1)])).toBeUndefined();
});
