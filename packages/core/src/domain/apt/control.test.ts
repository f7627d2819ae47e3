import { describe, expect, it } from "vitest";
import { packageControl, packageFilename } from "./control.ts";

const GOOD = {
  Package: "open5gs-mme",
  Version: "1:2.7.2-1~bpo12+1",
  Architecture: "amd64",
  Maintainer: "Someone <someone@example.org>",
  Description: "MME\n with text",
};

function textOf(fields: Record<string, string | undefined>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

describe("a package's control file", () => {
  it("is read with its identity and summary", () => {
    expect(packageControl(textOf(GOOD))).toEqual({
      id: "open5gs-mme_1:2.7.2-1~bpo12+1_amd64",
      name: "open5gs-mme",
      version: "1:2.7.2-1~bpo12+1",
      architecture: "amd64",
      maintainer: "Someone <someone@example.org>",
      summary: "MME",
      fields: Object.entries({ ...GOOD, Description: "MME\nwith text" }),
    });
  });

  it("has its fields in whatever case, keeps those that nobody knows, and drops empty ones", () => {
    const { Package: name, ...rest } = GOOD;
    const { fields } = packageControl(`PACKAGE: ${name}\n${textOf(rest)}depends: a\nX-Own: 1\nRecommends:\n`);
    expect(fields.map(([field]) => field)).toEqual([...Object.keys(GOOD), "Depends", "X-Own"]);
  });

  it.each(["Package", "Version", "Architecture", "Maintainer", "Description"])("needs %s", (field) => {
    expect(() => packageControl(textOf({ ...GOOD, [field]: undefined }))).toThrow(
      expect.objectContaining({ code: "invalid-argument", field, message: `${field}: is missing` }),
    );
  });

  it.each([
    ["Package", "../etc"],
    ["Package", "Upper"],
    ["Package", "a"],
    ["Version", "1.0/../x"],
    ["Version", "a1"],
    ["Version", "1_0"],
    ["Version", "1 0"],
    ["Version", "1:1:1"],
    ["Architecture", "sparc"],
    ["Architecture", "any"],
    ["Maintainer", "a\n b"],
    ["Description", "\n only text"],
    ["Essential", "maybe"],
    ["Multi-Arch", "foreigner"],
    ["Installed-Size", "12 kB"],
    ["Section", "net extra"],
    ["Depends", "a (1.0)"],
    ["Depends", "a (>= 1.0"],
    ["Depends", "a,, b"],
    ["Depends", "a b"],
    ["Pre-Depends", "a (~ 1)"],
    ["Provides", "a (=)"],
  ])("refuses %s: %j by the field's name", (field, value) => {
    expect(() => packageControl(textOf({ ...GOOD, [field]: value }))).toThrow(
      expect.objectContaining({ code: "invalid-argument", field, message: expect.stringContaining(`${field}: `) }),
    );
  });

  it.each([
    "libc6 (>= 2.34), libsctp1 (>=1.0.10+debian) | libsctp-any, init-system-helpers (>> 1.5~)",
    "python3:any, perl (<< 5.38),\n foo",
    "a, b,",
    "g++-12 (= 12.2.0-14+deb12u1)",
  ])("takes the relation %j", (value) => {
    expect(packageControl(textOf({ ...GOOD, Depends: value })).name).toBe("open5gs-mme");
  });

  it("is named as dpkg-name does, without the epoch", () => {
    expect(packageFilename(packageControl(textOf(GOOD)))).toBe("open5gs-mme_2.7.2-1~bpo12+1_amd64.deb");
  });
});
