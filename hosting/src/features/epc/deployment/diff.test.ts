import { describe, expect, it } from "vitest";
import { diff, hunks } from "./diff.ts";

const sign = { same: " ", added: "+", removed: "-" };
const shown = (a: string, b: string) =>
  diff([...a], [...b])
    .map(({ kind, text }) => sign[kind] + text)
    .join("");

describe("diff", () => {
  it.each([
    ["abc", "abc", " a b c"],
    ["", "ab", "+a+b"],
    ["ab", "", "-a-b"],
    ["abc", "axc", " a-b+x c"],
    ["abcd", "acd", " a-b c d"],
    ["acd", "abcd", " a+b c d"],
  ])("from %s to %s", (a, b, expected) => expect(shown(a, b)).toBe(expected));

  it("turns any text into any other", () => {
    let seed = 7;
    const random = (n: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    for (let round = 0; round < 300; round++) {
      const text = () => Array.from({ length: random(12) }, () => "abc"[random(3)] ?? "a");
      const [a, b] = [text(), text()];
      const lines = diff(a, b);
      expect(lines.filter((line) => line.kind !== "added").map((line) => line.text)).toEqual(a);
      expect(lines.filter((line) => line.kind !== "removed").map((line) => line.text)).toEqual(b);
    }
  });

  it("numbers the lines of both sides", () => {
    expect(diff(["a", "b"], ["a", "x"])).toEqual([
      { kind: "same", text: "a", before: 1, after: 1 },
      { kind: "removed", text: "b", before: 2 },
      { kind: "added", text: "x", after: 2 },
    ]);
  });

  it("leaves out what is far from any change", () => {
    const a = Array.from({ length: 20 }, (_, i) => String(i));
    const found = hunks(diff(a, a.with(10, "x")), 2);
    expect(found.map((hunk) => (typeof hunk === "number" ? hunk : hunk.length))).toEqual([8, 6, 7]);
  });
});
