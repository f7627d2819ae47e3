import { describe, expect, it } from "vitest";
import { snapshotChanges } from "./changes.ts";
import { PackageId } from "./ids.ts";
import { indexesOf } from "./indexes.ts";
import { mergeSnapshot, packageIn, packagesOf } from "./snapshot.ts";

const SHA256 = "ab".repeat(32);

/** An entry like those of `packageStanza`. */
function entry(name: string, version = "1", architecture = "all", sha256 = SHA256): string {
  return (
    `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nDescription: d\n text\n .\n Package: no\n` +
    `Filename: pool/${sha256}/x.deb\nSize: 7\nSHA256: ${sha256}\n`
  );
}

const id = (name: string, version = "1", architecture = "all") => PackageId.parse(`${name}_${version}_${architecture}`);
const idsOf = (text: string) => packagesOf(text).map((each) => String(each.id));

describe("a snapshot", () => {
  it("has entries by name, version as Debian orders them, and architecture, with blank lines between", () => {
    const rising = [
      entry("aa", "9"),
      entry("ab", "1.0~rc1"),
      entry("ab", "1.0"),
      entry("ab", "1.0-1"),
      entry("ab", "1.0-10", "amd64"),
      entry("ab", "1.0-10", "arm64"),
      entry("ab", "1:0.1"),
      entry("b+", "1"),
      entry("ba", "1"),
    ];
    expect(mergeSnapshot("", rising.toReversed())).toBe(rising.join("\n"));
    expect(rising.toReversed().reduce((text, one) => mergeSnapshot(text, [one]), "")).toBe(rising.join("\n"));
  });

  it("is as before after an entry was added that was there, or removed that was not", () => {
    const text = mergeSnapshot("", [entry("aa"), entry("cc")]);
    expect(mergeSnapshot(text, [entry("cc")])).toBe(text);
    expect(mergeSnapshot(text, [entry("bb"), entry("bb")], [])).toBe(mergeSnapshot(text, [entry("bb")]));
    expect(mergeSnapshot(text, [], [id("bb"), id("aa", "2"), id("cc", "1", "amd64"), id("zz")])).toBe(text);
    expect(mergeSnapshot(text, [], [])).toBe(text);
  });

  it("has nothing after the last was removed", () => {
    expect(mergeSnapshot(entry("aa"), [], [id("aa")])).toBe("");
    expect(mergeSnapshot("", [], [id("aa")])).toBe("");
  });

  it("takes another content of a package in the place of the one it has, also if that is to be removed", () => {
    const other = entry("bb", "1", "all", "cd".repeat(32));
    const text = mergeSnapshot(
      "",
      ["aa", "bb", "cc"].map((name) => entry(name)),
    );
    expect(mergeSnapshot(text, [other])).toBe([entry("aa"), other, entry("cc")].join("\n"));
    expect(mergeSnapshot(text, [other], [id("bb")])).toBe([entry("aa"), other, entry("cc")].join("\n"));
  });

  it("refuses two contents of one package at once", () => {
    expect(() => mergeSnapshot("", [entry("aa"), entry("aa", "1", "all", "cd".repeat(32))])).toThrow(
      expect.objectContaining({ code: "already-exists", field: "add" }),
    );
  });

  it("keeps apart versions that Debian calls equal", () => {
    const text = mergeSnapshot("", [entry("aa", "1.0"), entry("aa", "1.00"), entry("aa", "1.0-0")]);
    expect(packagesOf(text)).toHaveLength(3);
    expect(idsOf(mergeSnapshot(text, [], [id("aa", "1.0")]))).toEqual(["aa_1.0-0_all", "aa_1.00_all"]);
  });

  it("finds one package", () => {
    const text = mergeSnapshot(
      "",
      ["aa", "bb", "cc"].map((name) => entry(name)),
    );
    expect(packageIn(text, id("bb"))).toEqual(packagesOf(entry("bb"))[0]);
    expect(packageIn(text, id("bb", "2"))).toBeUndefined();
    expect(packageIn("", id("bb"))).toBeUndefined();
  });
});

/** The same steps at each run. */
function random(): (limit: number) => number {
  let state = 4;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

it("is, after any steps, what sorting everything anew gives; and the changes are told", () => {
  const below = random();
  const some = (most: number) =>
    Array.from({ length: below(most) }, () => ({
      ...{ name: `p${"abc+."[below(5)]}${below(3)}`, version: ["1", "1~a", "1.10", "1.9", "2:0"][below(5)] ?? "1" },
      ...{ architecture: ["all", "amd64"][below(2)] ?? "all", sha256: `${below(2)}`.repeat(64) },
    }));
  const model = new Map<string, string>();
  let text = "";
  for (let step = 0; step < 300; step++) {
    const add = new Map(some(5).map((one) => [id(one.name, one.version, one.architecture), one]));
    const remove = some(5).map((one) => id(one.name, one.version, one.architecture));
    const before = new Map(model);
    for (const each of remove) model.delete(each);
    const entries = [...add].map(([key, one]) => {
      const stanza = entry(one.name, one.version, one.architecture, one.sha256);
      model.set(key, stanza);
      return stanza;
    });
    const after = mergeSnapshot(text, entries, remove);
    expect(after).toBe(mergeSnapshot("", [...model.values()]));
    const expected = {
      added: [...model.keys()].filter((key) => before.get(key) !== model.get(key)),
      removed: [...before.keys()].filter((key) => before.get(key) !== model.get(key)),
    };
    const changes = snapshotChanges(text, after);
    expect(changes.added.toSorted()).toEqual(expected.added.toSorted());
    expect(changes.removed.toSorted()).toEqual(expected.removed.toSorted());
    text = after;
  }
  expect(model.size).toBeGreaterThan(10);
});

it("tells the changes of snapshots larger than a block, at their start, middle and end", () => {
  const names = Array.from({ length: 200 }, (_, n) => `p${1000 + n}`);
  const text = mergeSnapshot(
    "",
    names.map((name) => entry(name)),
  );
  for (const name of ["a0", "p1100a", "z9", "p1199a"]) {
    const more = mergeSnapshot(text, [entry(name)]);
    expect(snapshotChanges(text, more)).toEqual({ added: [id(name)], removed: [] });
    expect(snapshotChanges(more, text)).toEqual({ added: [], removed: [id(name)] });
  }
  expect(snapshotChanges(text, text)).toEqual({ added: [], removed: [] });
  expect(snapshotChanges("", text).added).toHaveLength(200);
});

describe("the indexes of a snapshot", () => {
  const indexes = (...entries: string[]) => indexesOf(mergeSnapshot("", entries));

  it("are those of amd64 and arm64 if all packages are for all, or there are none", () => {
    const text = mergeSnapshot("", [entry("aa"), entry("bb")]);
    expect(indexesOf(text)).toEqual([
      { architecture: "amd64", text },
      { architecture: "arm64", text },
    ]);
    expect(indexesOf("").map(({ text: each }) => each)).toEqual(["", ""]);
  });

  it("each have their own packages and those for all, in order; a box finds its own whatever others upload", () => {
    const found = indexes(entry("aa"), entry("ab", "1", "amd64"), entry("ac", "1", "armhf"), entry("ad"));
    expect(found.map(({ architecture, text }) => [architecture, ...idsOf(text)])).toEqual([
      ["amd64", "aa_1_all", "ab_1_amd64", "ad_1_all"],
      ["arm64", "aa_1_all", "ad_1_all"],
      ["armhf", "aa_1_all", "ac_1_armhf", "ad_1_all"],
    ]);
  });

  it("end as a snapshot does, wherever the packages that are left out stand", () => {
    const [, arm64] = indexes(entry("aa"), entry("ab", "1", "amd64"));
    expect(arm64?.text).toBe(entry("aa"));
    const [, none] = indexes(entry("aa", "1", "amd64"));
    expect(none?.text).toBe("");
  });

  it("are the snapshot itself where they have all of it", () => {
    const text = mergeSnapshot("", [entry("aa"), entry("ab", "1", "amd64")]);
    expect(indexesOf(text)[0]?.text).toBe(text);
  });
});
