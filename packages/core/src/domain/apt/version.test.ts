import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { compareVersions } from "./version.ts";

/** Each older than the next (Debian Policy 5.6.12). */
const RISING = [
  ["~", "the tilde is before the end of a part", "1.0~rc1", "1.0"],
  ["~~", "two of them are before one", "1.0~~", "1.0~"],
  ["~~a", "and what follows counts only then", "1.0~~", "1.0~~a"],
  ["letters", "letters are before all else", "1.0a", "1.0+"],
  ["numbers", "digits count as numbers", "1.9", "1.10"],
  ["zeros", "leading zeros do not count", "1.009", "1.10"],
  ["end", "the end is before letters", "1.0", "1.0a"],
  ["revision", "no revision is before one", "1.0", "1.0-1"],
  ["hyphen", "the last hyphen begins the revision", "1.0-1-1", "1.0-2-0"],
  ["epoch", "an epoch is more than any upstream version", "99.9", "1:0.1"],
  ["epochs", "epochs count as numbers", "9:1", "10:1"],
  ["large", "numbers may be larger than a number can be", "1.99999999999999999998", "1.99999999999999999999"],
  ["tilde revision", "a backport is before what it comes from", "2.7.0-1~bpo12+1", "2.7.0-1"],
] as const;

describe("the order of versions", () => {
  it.each(RISING)("%s: %s", (_name, _why, older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ["1.0", "0:1.0"],
    ["1.0", "1.00"],
    ["1.0", "1.0-0"],
    ["1.0-01", "1.0-1"],
    ["1.0-", "1.0"],
  ])("%s is as new as %s", (a, b) => {
    expect(Math.abs(compareVersions(a, b))).toBe(0);
    expect(Math.abs(compareVersions(b, a))).toBe(0);
  });

  it("is the one that dpkg has", () => {
    const pairs = somePairs(400);
    const script = pairs.map(
      ([a, b]) =>
        `dpkg --compare-versions ${a} lt ${b} && echo -1 || { dpkg --compare-versions ${a} gt ${b} && echo 1 || echo 0; }`,
    );
    const theirs = execFileSync("sh", ["-c", script.join("\n")], { encoding: "utf8" })
      .trim()
      .split("\n");
    const ours = pairs.map(([a, b]) => String(Math.sign(compareVersions(a, b)) || 0));
    expect(new Set(theirs)).toEqual(new Set(["-1", "0", "1"]));
    expect(pairs.map((pair, n) => [...pair, ours[n]])).toEqual(pairs.map((pair, n) => [...pair, theirs[n]]));
  }, 60_000);
});

/** Pairs that often have much in common; the same ones at each run. */
function somePairs(count: number): [string, string][] {
  let state = 20_261_121;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = (from: string): string => from[below(from.length)] ?? "";
  const part = (alphabet: string): string => Array.from({ length: below(5) }, () => pick(alphabet)).join("");
  const version = (): string => {
    const epoch = below(4) === 0 ? `${below(2)}:` : "";
    const revision = below(2) === 0 ? `-${pick("01")}${part("01a~+.")}` : "";
    return `${epoch}${below(2)}${part("0019abZ.+~")}${revision}`;
  };
  return Array.from({ length: count }, () => {
    const first = version();
    return [first, below(3) === 0 ? `${first}${pick("~0a+.")}` : version()];
  });
}
