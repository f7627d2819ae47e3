// Small real packages: distinct names, versions, dependencies and contents, the same ones at each run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writePackage } from "@wisptools/core";

const WORDS =
  "radio cell core tower link packet bearer session policy metric channel antenna backhaul subscriber".split(" ");
/** Octets of incompressible content, at most. */
const CONTENT = 8192;

/** Numbers from 0 up to the limit that depend on nothing but the seed. */
function numbers(seed: number): (limit: number) => number {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const nameOf = (n: number) => `wisp-bench-${WORDS[n % WORDS.length]}-${String(n).padStart(5, "0")}`;

function controlOf(n: number, below: (limit: number) => number): string {
  const sentence = () => Array.from({ length: 9 }, () => WORDS[below(WORDS.length)]).join(" ");
  return `Package: ${nameOf(n)}
Version: ${below(3)}.${below(20)}.${below(100)}-${1 + below(4)}
Architecture: amd64
Maintainer: Bench <bench@example.org>
Installed-Size: ${8 + below(60)}
Depends: libc6 (>= 2.36), ${nameOf(below(n + 1))}
Section: net
Priority: optional
Homepage: https://example.org/${nameOf(n)}
Description: ${sentence()}
 ${sentence()}
 .
 ${sentence()}
 ${sentence()}
`;
}

async function debOf(n: number): Promise<{ file: string; content: Uint8Array }> {
  const below = numbers(n);
  const control = controlOf(n, below);
  const data = Uint8Array.from({ length: 512 + below(CONTENT - 512) }, () => below(256));
  const version = /^Version: (.*)$/m.exec(control)?.[1];
  const files = { [`usr/share/${nameOf(n)}/data`]: data };
  const content = await writePackage({ control, files, time: 1_767_225_600 }, (tar) => gzipSync(tar, { level: 6 }));
  return { file: `${nameOf(n)}_${version}_amd64.deb`, content };
}

/** Writes packages number `from` up to, not including, `to`; gives the path of the last. */
export async function writePackages(folder: string, from: number, to: number): Promise<string> {
  mkdirSync(folder, { recursive: true });
  let path = folder;
  for (let n = from; n < to; n++) {
    const { file, content } = await debOf(n);
    path = join(folder, file);
    writeFileSync(path, content);
  }
  return path;
}
