import { describe, expect, it } from "vitest";
import { TenantId } from "../ids.ts";
import { ChannelName } from "./ids.ts";
import { authLine, sourcesEntry } from "./sources.ts";

const tenantId = TenantId.parse("tenant_alpine");
const channel = ChannelName.parse("canary");

it("is a deb822 entry for the channel", () => {
  expect(sourcesEntry({ origin: "https://wisp.example", tenantId, channel })).toBe(`Types: deb
URIs: https://wisp.example/apt/tenant_alpine/
Suites: canary
Components: main
Signed-By: /etc/apt/keyrings/wisptools.asc
`);
});

describe("the line of a device's credentials", () => {
  const credentials = { tenantId, login: "ab12", password: "cd34" };

  it.each([
    ["https://wisp.example", "wisp.example/apt/tenant_alpine/"],
    ["https://wisp.example:8443/x?y", "wisp.example:8443/apt/tenant_alpine/"],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5000/apt/tenant_alpine/"],
  ])("names for %s the machine %s", (origin, machine) => {
    expect(authLine({ ...credentials, origin })).toBe(`machine ${machine} login ab12 password cd34\n`);
  });

  it.each(["", "a b", "a\nmachine x"])("refuses the password %j", (password) => {
    expect(() => authLine({ ...credentials, origin: "https://a", password })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "password" }),
    );
  });

  it.each(["", "wisp.example", "ftp://wisp.example", "https://me:pw@wisp.example"])(
    "refuses the origin %j",
    (origin) => {
      const refusal = expect.objectContaining({ code: "invalid-argument", field: "origin" });
      expect(() => authLine({ ...credentials, origin })).toThrow(refusal);
      expect(() => sourcesEntry({ origin, tenantId, channel })).toThrow(refusal);
    },
  );
});
