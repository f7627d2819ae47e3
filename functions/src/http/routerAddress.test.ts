import type { Request } from "express";
import { expect, it } from "vitest";
import { routerAddress } from "./routerAddress.ts";

it.each([
  ["192.168.1.7", "192.168.1.7"],
  ["fd00::7", "fd00::7"],
  [undefined, "203.0.113.1"],
  ["", "203.0.113.1"],
  ["fe80::1%<b>", "203.0.113.1"],
  ["fe80::1%eth0", "203.0.113.1"],
  ["192.168.1.7, 10.0.0.1", "203.0.113.1"],
  ["192.168.1.256", "203.0.113.1"],
  ["router", "203.0.113.1"],
])("of a router that is said to be at %j is %s", (said, address) => {
  const headers = said === undefined ? {} : { "x-wisptools-router-address": said };
  expect(routerAddress({ headers, ip: "203.0.113.1" } as unknown as Request)).toBe(address);
  expect(routerAddress({ headers } as unknown as Request)).toBe(address === "203.0.113.1" ? "" : address);
});
