import { TenantId } from "@wisptools/core/domain/ids";
import { expect, it } from "vitest";
import { suggestId, suggestRealm } from "./suggest.ts";

it.each([
  ["Hilltop Wireless, Inc.", "tenant_hilltop_wireless_inc"],
  ["  Ångström ", "tenant_angstrom"],
  ["A".repeat(80), `tenant_${"a".repeat(40)}`],
  ["***", ""],
])("suggests an id for %j", (name, id) => {
  expect(suggestId(name)).toBe(id);
  if (id) expect(TenantId.safeParse(id).success).toBe(true);
});

it("suggests the realm of a PLMN, and none for half of one", () => {
  expect(suggestRealm("001", "01")).toBe("epc.mnc001.mcc001.3gppnetwork.org");
  expect(suggestRealm("310", "410")).toBe("epc.mnc410.mcc310.3gppnetwork.org");
  expect(suggestRealm("31", "410")).toBe("");
});
