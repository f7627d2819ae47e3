import { describe, expect, it } from "vitest";
import { atLeast, may, PERMISSIONS, type Permission, ROLES } from "./roles.ts";

describe("may", () => {
  it.each(Object.keys(PERMISSIONS) as Permission[])(
    "%s: its least role and those above may, those below may not",
    (permission) => {
      for (const role of ROLES) expect(may(role, permission)).toBe(atLeast(role, PERMISSIONS[permission]));
      expect(may("owner", permission)).toBe(true);
    },
  );
  it("lets a viewer read and nothing else", () => {
    expect((Object.keys(PERMISSIONS) as Permission[]).filter((permission) => may("viewer", permission))).toEqual([
      "epcs.read",
      "subscribers.read",
      "updates.read",
      "remsim.read",
    ]);
  });
});
