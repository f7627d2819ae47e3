import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { beforeEach, expect, it } from "vitest";
import { ownCertificate } from "./ownCertificate.ts";

const DAY = 86_400_000;
const begin = new Date("2026-01-01T00:00:00Z");
const after = (days: number) => new Date(begin.getTime() + days * DAY);
const names = ["hss.test", "pcrf.test"];
let folder = "";
let issued = 0;

const issue = async (_: readonly string[], now: Date) => {
  issued++;
  return {
    certificatePem: `cert ${issued}`,
    keyPem: "key",
    caPem: "ca",
    expiresAt: new Date(now.getTime() + 90 * DAY),
  };
};
const offline = async () => {
  throw new Error("no cloud");
};

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/own-certificate-`);
  issued = 0;
});

it("asks once, keeps the key to itself, and serves from disk afterwards", async () => {
  await ownCertificate(folder, names, issue, begin);
  expect((await ownCertificate(folder, names, offline, after(59))).certificatePem).toBe("cert 1");
  expect(statSync(`${folder}/certificate.json`).mode & 0o777).toBe(0o600);
});

it("renews in the last 30 days, and goes on with the old one while the cloud is away", async () => {
  await ownCertificate(folder, names, issue, begin);
  expect((await ownCertificate(folder, names, offline, after(61))).certificatePem).toBe("cert 1");
  expect((await ownCertificate(folder, names, issue, after(61))).certificatePem).toBe("cert 2");
  expect(readFileSync(`${folder}/certificate.json`, "utf8")).toContain("cert 2");
});

it("has none when the old one has expired and the cloud is away", async () => {
  await ownCertificate(folder, names, issue, begin);
  await expect(ownCertificate(folder, names, offline, after(91))).rejects.toThrow("no cloud");
});

it("asks anew for other identities, and when the file is broken", async () => {
  await ownCertificate(folder, names, issue, begin);
  expect((await ownCertificate(folder, ["hss.other"], issue, begin)).certificatePem).toBe("cert 2");
  writeFileSync(`${folder}/certificate.json`, "{");
  expect((await ownCertificate(folder, ["hss.other"], issue, begin)).certificatePem).toBe("cert 3");
});
