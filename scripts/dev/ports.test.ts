import { createServer } from "node:net";
import { expect, it } from "vitest";
import { environment, HOST, NEXT_OFFSET, portsAt, portsUsed, SERVICES, takenPorts } from "./ports.ts";

it("moves every port by the offset", () => {
  const moved = Object.entries(portsAt(40));
  expect(moved.map(([name, port]) => [name, port - 40])).toEqual(Object.entries(portsAt(0)));
});

it("suggests an offset at which no port meets one of the unmoved stack", () => {
  const base = new Set(Object.values(portsAt(0)));
  expect(Object.values(portsAt(NEXT_OFFSET)).filter((port) => base.has(port))).toEqual([]);
});

it("names the port that somebody else holds", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, HOST, () => resolve((server.address() as { port: number }).port));
  });
  expect(await takenPorts([["hosting", port]])).toEqual([["hosting", port]]);
  await new Promise((resolve) => server.close(resolve));
  expect(await takenPorts([["hosting", port]])).toEqual([]);
});

it("counts the ports that Functions bring with them", () => {
  const names = portsUsed(portsAt(0), ["functions", "firestore"]).map(([name]) => name);
  expect(names.sort()).toEqual(["eventarc", "firestore", "functions", "hub", "logging", "tasks", "websocket"]);
});

it("tells a program only of the emulators that run", () => {
  expect(environment("demo-x", 0, ["auth"])).not.toHaveProperty("FIRESTORE_EMULATOR_HOST");
  expect(environment("demo-x", 10, SERVICES)).toMatchObject({
    WISPTOOLS_URL: "http://127.0.0.1:5010",
    GCLOUD_PROJECT: "demo-x",
    FIRESTORE_EMULATOR_HOST: "127.0.0.1:8090",
    FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9109",
    FIREBASE_STORAGE_EMULATOR_HOST: "127.0.0.1:9209",
  });
});
