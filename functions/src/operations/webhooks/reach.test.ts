import { expect, it } from "vitest";
import { localReach, publicReach, reachOf } from "./reach.ts";

it("is the public internet, and this machine only where a demo project asks for it", () => {
  expect(reachOf("wisp-production", undefined)).toBe(publicReach);
  expect(reachOf("demo-wisptools", undefined)).toBe(publicReach);
  expect(reachOf("demo-wisptools", "")).toBe(publicReach);
  expect(reachOf("demo-wisptools", "1")).toBe(localReach);
  expect(() => reachOf("wisp-production", "1")).toThrow("WISPTOOLS_WEBHOOKS_LOCAL is for the emulators");
});

it("asks the DNS alone for names of the public internet, and this machine only for the emulators", async () => {
  expect(publicReach.resolve).not.toBe(localReach.resolve);
  expect(await localReach.resolve("localhost")).toContain("127.0.0.1");
});

it.each(["10.0.0.1", "169.254.169.254", "fd00::1", "192.168.1.1"])("%s is reached from nowhere", (address) => {
  expect([publicReach.mayReach(address), localReach.mayReach(address)]).toEqual([false, false]);
});
