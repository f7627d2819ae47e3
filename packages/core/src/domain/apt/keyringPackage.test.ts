import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageControl } from "./control.ts";
import { controlOf, readDebianArchiveHead } from "./deb.ts";
import { keyringId, keyringPackage, keyringVersion, neededKeyring } from "./keyringPackage.ts";
import { KEYRING_PATH } from "./sources.ts";
import { writePackage } from "./writePackage.ts";

const KEYS = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n";
const gzip = (bytes: Uint8Array) => gzipSync(bytes, { level: 9 });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keyring-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function dpkgDeb(content: Uint8Array, ...args: string[]): string {
  const file = join(folder, "x.deb");
  writeFileSync(file, content);
  const [verb = "", ...rest] = args;
  return execFileSync("dpkg-deb", [verb, file, ...rest], { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
}

describe("the keyring's package", () => {
  it("is one that dpkg-deb takes, with the keys where apt is told to look", () => {
    const { filename, content } = keyringPackage(KEYS, "1.2", gzip);
    expect(filename).toBe("wisptools-keyring_1.2_all.deb");
    expect(dpkgDeb(content, "--field", "Package", "Version", "Architecture")).toBe(
      "Package: wisptools-keyring\nVersion: 1.2\nArchitecture: all\n",
    );
    const listed = dpkgDeb(content, "--contents").trim().split("\n");
    expect(listed.map((line) => line.replace(/ +/g, " "))).toEqual([
      "drwxr-xr-x root/root 0 2026-01-01 00:00 ./",
      "drwxr-xr-x root/root 0 2026-01-01 00:00 ./etc/",
      "drwxr-xr-x root/root 0 2026-01-01 00:00 ./etc/apt/",
      "drwxr-xr-x root/root 0 2026-01-01 00:00 ./etc/apt/keyrings/",
      `-rw-r--r-- root/root ${KEYS.length} 2026-01-01 00:00 .${KEYRING_PATH}`,
    ]);
    dpkgDeb(content, "--extract", folder);
    expect(readFileSync(join(folder, KEYRING_PATH), "utf8")).toBe(KEYS);
  });

  it("is what our own reader takes", () => {
    const { content } = keyringPackage(KEYS, "1.2", gzip);
    const head = readDebianArchiveHead(content, content.length);
    if (!head.complete) throw new Error("cut short");
    const { offset, size } = head.control;
    const control = packageControl(controlOf(gunzipSync(content.subarray(offset, offset + size))));
    expect(control.id).toBe("wisptools-keyring_1.2_all");
  });

  it("has the same bytes for the same keys, others for others", () => {
    expect(keyringPackage(KEYS, "1.1", gzip)).toEqual(keyringPackage(KEYS, "1.1", gzip));
    expect(keyringPackage(KEYS, "1.1", gzip)).not.toEqual(keyringPackage(`${KEYS}\n`, "1.1", gzip));
  });

  it("grows in version with each key made, and each retired", () => {
    const versions = [
      { made: 1, retired: 0 },
      { made: 2, retired: 0 },
      { made: 2, retired: 1 },
      { made: 10, retired: 3 },
    ].map(keyringVersion);
    expect(versions).toEqual(["1.1", "1.2", "1.3", "1.13"]);
  });

  const [active, retired] = [{ state: "active" }, { state: "retired" }] as const;
  it.each([
    ["the first key", [active], "wisptools-keyring_1.1_all", undefined],
    ["a second one", [active, active], "wisptools-keyring_1.2_all", "wisptools-keyring_1.2_all"],
    ["the first retired", [retired, active], "wisptools-keyring_1.3_all", "wisptools-keyring_1.3_all"],
    ["three, two retired", [retired, retired, active], "wisptools-keyring_1.5_all", "wisptools-keyring_1.5_all"],
  ])("with %s is known by its id, and needed everywhere once keys have changed", (_, keys, id, needed) => {
    expect([keyringId(keys), neededKeyring(keys)]).toEqual([id, needed]);
  });
});

it("refuses a path that tar has no room for", () => {
  const write = (path: string) => writePackage({ control: "Package: x\n", files: { [path]: "" }, time: 0 }, gzip);
  expect(() => write("a".repeat(99))).toThrow(/room for 100 octets/);
  expect(() => write("a".repeat(98))).not.toThrow();
});
