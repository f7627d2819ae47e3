import { describe, expect, it } from "vitest";
import { packageControl } from "./control.ts";
import { entryAt, packageStanza, readEntry } from "./stanza.ts";

const SHA256 = "ab".repeat(32);
const CONTROL = `Version: 1:2.0~rc1-1
package: foo
Architecture: all
Maintainer: Someone <s@example.org>
Filename: ../../etc/passwd
Size: 1
SHA256: 00
sha1: 00
MD5sum: 00
Depends: bar
Description: short
 long
 .
 Package: no field
`;
const ENTRY = `Package: foo
Version: 1:2.0~rc1-1
Architecture: all
Maintainer: Someone <s@example.org>
Depends: bar
Description: short
 long
 .
 Package: no field
Filename: pool/${SHA256}/foo_2.0~rc1-1_all.deb
Size: 1234
SHA256: ${SHA256}
`;

describe("a package's entry in an index", () => {
  it("has its control fields, then where it is, its size and its hash, whatever the control file says of those", () => {
    expect(packageStanza(packageControl(CONTROL), { size: 1234, sha256: SHA256 })).toBe(ENTRY);
  });

  it("is read back, wherever it stands", () => {
    const entry = {
      id: "foo_1:2.0~rc1-1_all",
      name: "foo",
      version: "1:2.0~rc1-1",
      architecture: "all",
      size: 1234,
      sha256: SHA256,
      summary: "short",
    };
    expect(readEntry(ENTRY)).toEqual(entry);
    const before = ENTRY.replaceAll("foo", "aaa");
    expect(readEntry(entryAt(`${before}\n${ENTRY}\n${before}`, before.length + 1))).toEqual(entry);
  });

  it("is damage, not a package, if a field is missing", () => {
    expect(() => readEntry(ENTRY.replace(/^Size.*\n/m, ""))).toThrow(/has no Size/);
    expect(() => readEntry(ENTRY.replace(/^Package: foo\n/, ""))).toThrow(/has no Package/);
  });
});
