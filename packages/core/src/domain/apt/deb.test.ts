import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AppError } from "../../errors.ts";
import { CONTROL_ARCHIVE_LIMIT, type Compression, controlOf, readDebianArchiveHead } from "./deb.ts";
import { writePackage } from "./writePackage.ts";

const CONTROL = "Package: foo\nVersion: 1\nArchitecture: all\nMaintainer: m\nDescription: d\n";
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** An ar archive of these members; a number stands for content of so many octets. */
function archive(...members: [name: string, content: string | number][]): Uint8Array {
  const parts = members.map(([name, given]) => {
    const content = typeof given === "number" ? "x".repeat(given) : given;
    const header = `${name.padEnd(16)}${"0".padEnd(12)}0     0     100644  ${String(content.length).padEnd(10)}\`\n`;
    return `${header}${content}${content.length % 2 ? "\n" : ""}`;
  });
  return bytesOf(`!<arch>\n${parts.join("")}`);
}

const FORMAT: [string, string] = ["debian-binary", "2.0\n"];

/** Reads as a caller does who has but a part of the file at a time. */
function readAsNeeded(file: Uint8Array) {
  let length = 0;
  for (let asked = 0; asked < 100; asked++) {
    const head = readDebianArchiveHead(file.subarray(0, length), file.length);
    if (head.complete) return { head, length };
    expect(head.needed).toBeGreaterThan(length);
    expect(head.needed).toBeLessThanOrEqual(file.length);
    length = head.needed;
  }
  throw new Error("asks without an end");
}

const whole = (file: Uint8Array) => readDebianArchiveHead(file, file.length);
const refused = (field: string) => expect.objectContaining({ code: "invalid-argument", field });

describe("the head of a .deb", () => {
  it.each<[string, Compression]>([
    ["", "none"],
    [".gz", "gzip"],
    [".xz", "xz"],
    [".zst", "zstd"],
  ])("says where control.tar%s is", (suffix, compression) => {
    const file = archive(FORMAT, [`control.tar${suffix}`, 333], ["data.tar.xz", 1001]);
    const { head, length } = readAsNeeded(file);
    expect(head.control).toEqual({ name: `control.tar${suffix}`, compression, offset: 132, size: 333 });
    expect(head.data).toEqual({ name: "data.tar.xz", compression: "xz", offset: 132 + 334 + 60, size: 1001 });
    expect(length).toBe(head.data.offset);
    expect(whole(file)).toEqual(head);
  });

  it("takes GNU names, members with an underscore before the archives, any members after, and format 2.9", () => {
    const mark: [string, number] = ["_mark/", 5];
    const file = archive(
      ["debian-binary/", "2.9\nmore"],
      mark,
      ["control.tar/", 2],
      mark,
      ["data.tar", 4],
      ["_sig", 3],
    );
    expect(readAsNeeded(file).head).toMatchObject({ control: { size: 2 }, data: { size: 4, compression: "none" } });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(), /ends at octet 0/],
    ["a text", bytesOf("#!/bin/sh\necho a text that is no package\n"), /does not begin as an ar/],
    ["an ar archive of something else", archive(["hello.o", 10]), /not a Debian package/],
    ["the format not first", archive(["control.tar", 10], FORMAT, ["data.tar", 10]), /not a Debian package/],
    ["another format", archive(["debian-binary", "3.0\n"], ["control.tar", 2], ["data.tar", 2]), /unknown format/],
    ["a format without its line end", archive(["debian-binary", "2.0"], ["control.tar", 2], ["data.tar", 2]), /format/],
    ["a stranger before control.tar", archive(FORMAT, ["x", 2], ["control.tar", 2]), /member x where control\.tar/],
    [
      "the archives in the wrong order",
      archive(FORMAT, ["data.tar", 2], ["control.tar", 2]),
      /data\.tar where control/,
    ],
    ["two control.tar", archive(FORMAT, ["control.tar", 2], ["control.tar", 2]), /where data\.tar must be/],
    ["no data.tar", archive(FORMAT, ["control.tar", 2]), /before its last member/],
    ["control.tar.bz2", archive(FORMAT, ["control.tar.bz2", 2], ["data.tar", 2]), /only control\.tar/],
    ["an unknown compression", archive(FORMAT, ["control.tar.rar", 2], ["data.tar", 2]), /control\.tar\.rar/],
    ["too much before control.tar", archive(FORMAT, ["_a", 70_000], ["_b", 2], ["control.tar", 2]), /too much/],
  ])("refuses %s", (_name, file, message) => {
    expect(() => readAsNeeded(file)).toThrow(refused("file"));
    expect(() => readAsNeeded(file)).toThrow(message);
  });

  it("refuses a control.tar that is too large before it is here", () => {
    const head = archive(FORMAT, ["control.tar", 2]).slice(0, 132);
    head.set(bytesOf(String(CONTROL_ARCHIVE_LIMIT + 1)), 72 + 48);
    expect(() => readDebianArchiveHead(head, 2 ** 31)).toThrow(/more than 8 MiB/);
  });

  it("refuses a file that ends anywhere before its last archive does", () => {
    const file = archive(FORMAT, ["control.tar", 33], ["data.tar", 22]);
    for (let length = 0; length < file.length; length++) {
      expect(() => readAsNeeded(file.slice(0, length)), `${length} octets`).toThrow(refused("file"));
    }
    expect(readAsNeeded(file).head.data.size).toBe(22);
  });

  it("answers octets that make no sense with nothing but its own errors", () => {
    const file = archive(FORMAT, ["control.tar", 33], ["data.tar", 22]);
    let refusals = 0;
    for (let at = 0; at < 226; at++) {
      for (const octet of [0, 0x20, 0x2d, 0x39, 0xff]) {
        const damaged = file.slice();
        damaged[at] = octet;
        try {
          readAsNeeded(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          refusals++;
        }
      }
    }
    expect(refusals).toBeGreaterThan(100);
  });
});

describe("a .deb of dpkg-deb", () => {
  it.each(["gzip", "none", "zstd"])("is read, its members compressed by %s", (compression) => {
    const folder = mkdtempSync(join(tmpdir(), "deb-"));
    try {
      mkdirSync(join(folder, "root/DEBIAN"), { recursive: true });
      writeFileSync(join(folder, "root/DEBIAN/control"), CONTROL);
      writeFileSync(join(folder, "root/DEBIAN/postinst"), "#!/bin/sh\n", { mode: 0o755 });
      execFileSync("dpkg-deb", [`-Z${compression}`, "-b", "root", "foo.deb"], { cwd: folder, stdio: "ignore" });
      const file = readFileSync(join(folder, "foo.deb"));
      const { control } = readAsNeeded(file).head;
      const packed = file.subarray(control.offset, control.offset + control.size);
      const inflate = { gzip: gunzipSync, zstd: zstdDecompressSync, none: (bytes: Buffer) => bytes }[compression];
      expect(control.compression).toBe(compression);
      expect(controlOf(inflate?.(packed) ?? packed)).toBe(CONTROL);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is read as we write them", () => {
    const file = writePackage({ control: CONTROL, files: { "usr/share/foo": "x" }, time: 0 }, (tar) => gzipSync(tar));
    const { control } = readAsNeeded(file).head;
    expect(controlOf(gunzipSync(file.subarray(control.offset, control.offset + control.size)))).toBe(CONTROL);
  });
});
