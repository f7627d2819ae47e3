import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TestPackage {
  filename: string;
  content: Buffer;
  id: string;
}

/** A real .deb, made by dpkg-deb. `fields` are added to its control file, undefined ones taken out. */
export function debianPackage(
  name: string,
  version: string,
  options: {
    architecture?: string;
    compression?: "gzip" | "xz" | "zstd" | "none";
    fields?: Record<string, string | undefined>;
    files?: Record<string, string | Buffer>;
  } = {},
): TestPackage {
  const { architecture = "all", compression = "gzip", fields = {}, files = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "deb-"));
  try {
    const control = {
      Package: name,
      Version: version,
      Architecture: architecture,
      Maintainer: "Tests <tests@wisptools.test>",
      Description: `The package ${name}\n A second line of it.`,
      ...fields,
    };
    const lines = Object.entries(control).flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${value}\n`));
    const tree: Record<string, string | Buffer> = {
      [`usr/share/${name}/version`]: `${version}\n`,
      ...files,
      "DEBIAN/control": lines.join(""),
    };
    for (const [path, content] of Object.entries(tree)) {
      mkdirSync(join(folder, "tree", path, ".."), { recursive: true });
      writeFileSync(join(folder, "tree", path), content);
    }
    const file = join(folder, "made.deb");
    const args = ["--root-owner-group", "--nocheck", `-Z${compression}`, "--build", join(folder, "tree"), file];
    execFileSync("dpkg-deb", args, { stdio: "pipe", env: { ...process.env, SOURCE_DATE_EPOCH: "1750000000" } });
    const filename = `${name}_${version.replace(/^\d+:/, "")}_${architecture}.deb`;
    return { filename, content: readFileSync(file), id: `${name}_${version}_${architecture}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
