import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { emulatorBinaries, findJars, manifestText } from "./binaries.ts";

it("wraps manifest lines at 72 bytes, in a way that reads back", () => {
  const path = `file:${"/long-folder-name".repeat(12)}/emulator.jar`;
  const text = manifestText({ "Main-Class": "Main", "Class-Path": path });
  expect(Math.max(...text.split("\n").map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(72);
  expect(text.replaceAll("\n ", "")).toBe(`Main-Class: Main\nClass-Path: ${path}\n`);
});

it("leaves the choice to firebase-tools where there is no SDK", () => {
  const empty = mkdtempSync(join(tmpdir(), "no-sdk-"));
  expect(findJars([empty])).toEqual({});
  expect(emulatorBinaries({})).toEqual({});
});

it("finds each emulator by itself: an SDK may have one component and not the other", () => {
  const sdk = mkdtempSync(join(tmpdir(), "sdk-"));
  const pubsub = join(sdk, "platform/pubsub-emulator/lib/cloud-pubsub-emulator-9.9.9-all.jar");
  mkdirSync(dirname(pubsub), { recursive: true });
  writeFileSync(pubsub, "");
  expect(findJars([sdk])).toEqual({ pubsub });
});
