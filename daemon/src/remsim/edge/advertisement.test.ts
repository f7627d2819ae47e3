import { randomBytes } from "node:crypto";
import { Bonjour } from "bonjour-service";
import { expect, it } from "vitest";
import { remsimLog } from "../logs.ts";
import { Advertisement } from "./advertisement.ts";

it("is found on the network by its type, and says goodbye", async () => {
  const name = `Edge ${randomBytes(4).toString("hex")}`;
  const events: string[] = [];
  const browser = new Bonjour();
  const advertisement = new Advertisement(
    name,
    5000,
    remsimLog((_, event) => events.push(event)),
  );
  try {
    const finder = browser.find({ type: "ionmesh" });
    const found = await new Promise<{ port: number; txt?: Record<string, string> }>((resolve, reject) => {
      finder.on("up", (service) => service.name === name && resolve(service));
      // The first announcement may come before the browser listens.
      setTimeout(() => finder.update(), 500);
      setTimeout(() => reject(new Error(`not found; ${events}`)), 4_000);
    });
    expect(found.port).toBe(5000);
    expect(found.txt).toMatchObject({ path: "/api/backend/v1", api: "v1" });
    expect(events).toEqual(["remote-SIM edge advertised"]);
    const gone = new Promise<void>((resolve) => {
      finder.on("down", (service) => service.name === name && resolve());
    });
    await advertisement.stop();
    await gone;
  } finally {
    browser.destroy();
  }
});
