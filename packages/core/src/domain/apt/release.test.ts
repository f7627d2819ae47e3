import { describe, expect, it } from "vitest";
import { ChannelName } from "./ids.ts";
import { byHashPath, nextDate, packagesPath, releaseText } from "./release.ts";

const DATE = new Date("2026-11-21T15:04:05.678Z");
const input = {
  channel: ChannelName.parse("stable"),
  label: "Alpine Wireless",
  date: DATE,
  validUntil: new Date("2026-11-28T15:04:05Z"),
  architectures: ["arm64", "amd64"] as const,
  files: [
    { path: "main/binary-arm64/Packages", size: 20, sha256: "cd".repeat(32) },
    { path: "main/binary-amd64/Packages.gz", size: 10, sha256: "ab".repeat(32) },
  ],
};

describe("the Release file", () => {
  it("says what apt wants to know", () => {
    expect(releaseText(input)).toBe(`Origin: wisptools
Label: Alpine Wireless
Suite: stable
Codename: stable
Date: Sat, 21 Nov 2026 15:04:05 UTC
Valid-Until: Sat, 28 Nov 2026 15:04:05 UTC
Acquire-By-Hash: yes
Architectures: amd64 arm64
Components: main
Description: Packages of the channel stable
SHA256:
 ${"ab".repeat(32)} 10 main/binary-amd64/Packages.gz
 ${"cd".repeat(32)} 20 main/binary-arm64/Packages
`);
  });

  it.each([
    ["A\nSuite: other", "A Suite: other"],
    ["A\r\n\tB\u2028C", "A B C"],
    ["\n", "wisptools"],
  ])("keeps the label %j in its line", (label, expected) => {
    const lines = releaseText({ ...input, label }).split("\n");
    expect(lines[1]).toBe(`Label: ${expected}`);
    expect(lines.filter((line) => line.startsWith("Suite:"))).toEqual(["Suite: stable"]);
  });

  it("lists files that are also found by their hash", () => {
    const path = `${packagesPath("amd64")}.gz`;
    expect(path).toBe("main/binary-amd64/Packages.gz");
    expect(byHashPath({ path, sha256: "ab" })).toBe("main/binary-amd64/by-hash/SHA256/ab");
  });
});

it.each([
  ["without one before", undefined, "2026-11-21T15:04:05.000Z"],
  ["after an older one", "2026-11-21T15:04:04.000Z", "2026-11-21T15:04:05.000Z"],
  ["in the same second", "2026-11-21T15:04:05.000Z", "2026-11-21T15:04:06.000Z"],
  ["later in the same second", "2026-11-21T15:04:05.999Z", "2026-11-21T15:04:06.000Z"],
  ["after one of a clock ahead", "2026-11-21T16:00:00.000Z", "2026-11-21T16:00:01.000Z"],
])("dates a release %s", (_name, previous, expected) => {
  expect(nextDate(DATE, previous === undefined ? undefined : new Date(previous)).toISOString()).toBe(expected);
});
