import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { keyringPackage } from "@wisptools/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { agentVersion, buildAgentPackage } from "./agentPackage.ts";
import { buildKeyringPackage } from "./keyringPackage.ts";

const DEVICE = join(import.meta.dirname, "../device");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-package-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const dpkgDeb = (...args: string[]) => execFileSync("dpkg-deb", args, { encoding: "utf8" });

it("gives the same bytes, whatever the umask and the day", () => {
  const first = buildAgentPackage(join(folder, "one"));
  const umask = process.umask(0o077);
  const second = buildAgentPackage(join(folder, "two"));
  process.umask(umask);
  expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  expect(readdirSync(join(folder, "one"))).toEqual([`wisptools-agent_${agentVersion()}_all.deb`]);
});

it("holds every program and unit with its mode, two conffiles and no maintainer script", () => {
  const built = buildAgentPackage(folder);
  const files = dpkgDeb("--contents", built)
    .split("\n")
    .filter((line) => line.startsWith("-"))
    .map((line) => line.split(/\s+/))
    .map(([mode, owner, , , , path]) => `${mode} ${owner} ${path}`);
  for (const name of readdirSync(DEVICE).filter((each) => each.startsWith("wisptools-"))) {
    expect(files).toContain(`-rwxr-xr-x root/root ./usr/lib/wisptools/${name}`);
  }
  for (const name of readdirSync(join(DEVICE, "systemd"))) {
    expect(files).toContain(`-rw-r--r-- root/root ./usr/lib/systemd/system/${name}`);
  }
  expect(files).toContain("-rw-r--r-- root/root ./usr/lib/wisptools/events.jq");
  expect(files.join()).not.toMatch(/deploy\.sh|bundle\.sh/);
  dpkgDeb("--control", built, join(folder, "control"));
  expect(readdirSync(join(folder, "control")).sort()).toEqual(["conffiles", "control"]);
  expect(readFileSync(join(folder, "control/conffiles"), "utf8")).toBe(
    "/etc/apt/apt.conf.d/52wisptools\n/etc/snmp/snmpd.conf.d/wisptools-agent.conf\n",
  );
});

it("of another version says so on the box, too", () => {
  const built = buildAgentPackage(folder, "1.0.1");
  expect(dpkgDeb("--field", built, "Version")).toBe("1.0.1\n");
  dpkgDeb("--extract", built, join(folder, "root"));
  const lib = join(folder, "root/usr/lib/wisptools/lib.sh");
  expect(readFileSync(lib, "utf8")).toMatch(/^WT_VERSION=1\.0\.1$/m);
});

it("builds the keyring that the cloud would make, but for compression", () => {
  const keys = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n";
  writeFileSync(join(folder, "keys.asc"), keys);
  const byHand = buildKeyringPackage(folder, join(folder, "keys.asc"), "1.2");
  const { filename, content } = keyringPackage(keys, "1.2", (bytes) => gzipSync(bytes));
  writeFileSync(join(folder, "cloud.deb"), content);
  expect(basename(byHand)).toBe(filename);
  for (const verb of ["--contents", "--field"]) {
    expect(dpkgDeb(verb, byHand)).toBe(dpkgDeb(verb, join(folder, "cloud.deb")));
  }
  dpkgDeb("--control", byHand, join(folder, "control"));
  expect(readdirSync(join(folder, "control"))).toEqual(["control"]);
  writeFileSync(join(folder, "keys.asc"), "<html>");
  expect(() => buildKeyringPackage(folder, join(folder, "keys.asc"), "1.2")).toThrow(/not an armoured OpenPGP/);
});
