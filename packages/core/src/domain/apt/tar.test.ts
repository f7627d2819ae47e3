import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../../errors.ts";
import { CONTROL_FILE_LIMIT, controlOf } from "./deb.ts";
import { tarFile } from "./tar.ts";

const CONTROL = "Package: foo\nDescription: Ä\n";
const LONG = `${"long-".repeat(30)}name`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tar-"));
  mkdirSync(join(folder, "sub"));
  for (const name of ["control", "sub/control", LONG]) writeFileSync(join(folder, name), CONTROL);
  writeFileSync(join(folder, "latin1"), Buffer.from("Package: \xe4\n", "latin1"));
  writeFileSync(join(folder, "large"), "x".repeat(CONTROL_FILE_LIMIT + 1));
  writeFileSync(join(folder, "empty"), "");
  symlinkSync("/etc/passwd", join(folder, "link"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function tar(...args: string[]): Uint8Array {
  return new Uint8Array(execFileSync("tar", ["-C", folder, "-cf", "-", ...args]));
}

const refused = (field: string) => expect.objectContaining({ code: "invalid-argument", field });

describe("the file control of a tar archive", () => {
  it.each(["gnu", "ustar", "pax", "v7", "oldgnu"])("is found in one of the format %s", (format) => {
    expect(controlOf(tar(`--format=${format}`, "./sub", "./empty", "./control"))).toBe(CONTROL);
    expect(controlOf(tar(`--format=${format}`, "control"))).toBe(CONTROL);
  });

  it.each(["gnu", "pax"])("is found after an entry with a long name in the format %s", (format) => {
    expect(controlOf(tar(`--format=${format}`, LONG, "control"))).toBe(CONTROL);
  });

  it("is found by the name that an extension gives it", () => {
    const rename = ["--format=gnu", `--transform=s/${LONG}/control/`];
    expect(controlOf(tar(...rename, LONG))).toBe(CONTROL);
    const path = ["--format=pax", "--pax-option=path:=control"];
    expect(controlOf(tar(...path, LONG))).toBe(CONTROL);
  });

  it("is not one of a folder below", () => {
    expect(() => controlOf(tar("./sub/control"))).toThrow(/has no file control/);
  });

  it.each<[string, string, () => Uint8Array, RegExp]>([
    ["none", "control.tar", () => tar("sub"), /has no file control/],
    ["nothing at all", "control.tar", () => new Uint8Array(), /not a tar archive/],
    ["two", "control.tar", () => tar("control", "./control"), /twice/],
    ["a link", "control.tar", () => tar("--transform=flags=r;s/link/control/", "link"), /not as a file/],
    ["a folder's name", "control.tar", () => tar("--no-recursion", "--transform=s/sub/control/", "sub"), /no file/],
    ["too large a one", "control", () => tar("--transform=s/large/control/", "large"), /larger than/],
    ["one that is not UTF-8", "control", () => tar("--transform=s/latin1/control/", "latin1"), /not UTF-8/],
  ])("is refused: %s", (_name, field, archive, message) => {
    expect(() => controlOf(archive())).toThrow(refused(field));
    expect(() => controlOf(archive())).toThrow(message);
  });

  it("is refused in an archive of too many entries", () => {
    const one = tar("empty").slice(0, 512);
    const many = new Uint8Array(512 * 1001);
    for (let n = 0; n < 1001; n++) many.set(one, 512 * n);
    expect(() => tarFile(many, "control")).toThrow(/more than 1000 entries/);
  });

  it("is refused whichever octet of a header is another, and never with another error", () => {
    const archive = tar("--format=ustar", "control");
    // The last octet of the checksum's field is filling.
    for (let at = 0; at < 512; at++) {
      if (at === 155) continue;
      const damaged = archive.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      expect(() => controlOf(damaged), `octet ${at}`).toThrow(AppError);
    }
  });

  it("is refused wherever the archive is cut before the file's end", () => {
    const archive = tar("--format=ustar", "control");
    const end = 512 + new TextEncoder().encode(CONTROL).length;
    for (let length = 0; length < end; length++) {
      expect(() => controlOf(archive.slice(0, length)), `${length} octets`).toThrow(refused("control.tar"));
    }
  });

  it("is refused with a size that no archive can have", () => {
    const archive = tar("--format=gnu", "control");
    archive.set([0xff, ...Array<number>(11).fill(0xff)], 124);
    let sum = 8 * 0x20;
    for (let n = 0; n < 512; n++) if (n < 148 || n >= 156) sum += archive[n] ?? 0;
    archive.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    expect(() => controlOf(archive)).toThrow(/impossible size/);
  });
});
