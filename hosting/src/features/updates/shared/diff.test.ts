import { describe, expect, it } from "vitest";
import { diffOf, diffWords, edited, heldOf } from "./diff.ts";

const list = (...ids: string[]) => ids.map(heldOf);

describe("diffOf", () => {
  it.each([
    ["nothing when both hold the same", ["a_1_all"], ["a_1_all"], []],
    ["a package that comes", [], ["a_1_all"], ["a:all added undefined>1 +1 -"]],
    ["a package that goes", ["a_1_all"], [], ["a:all removed 1>undefined + -1"]],
    ["a newer version in place of the old", ["a_1.9_all"], ["a_1.10_all"], ["a:all upgraded 1.9>1.10 +1.10 -1.9"]],
    ["a newer version beside the old", ["a_1_all"], ["a_1_all", "a_2_all"], ["a:all upgraded 1>2 +2 -"]],
    ["an older version than before", ["a_2_all"], ["a_1_all"], ["a:all downgraded 2>1 +1 -2"]],
    [
      "by Debian's order: ~ comes before",
      ["a_1.0_all"],
      ["a_1.0~rc1_all"],
      ["a:all downgraded 1.0>1.0~rc1 +1.0~rc1 -1.0"],
    ],
    ["old versions that go while the newest stays", ["a_1_all", "a_2_all"], ["a_2_all"], ["a:all kept 2>2 + -1"]],
    [
      "each architecture for itself",
      ["a_1_amd64"],
      ["a_1_arm64"],
      ["a:amd64 removed 1>undefined + -1", "a:arm64 added undefined>1 +1 -"],
    ],
    ["an epoch as part of the version", ["a_9_all"], ["a_1:1_all"], ["a:all upgraded 9>1:1 +1:1 -9"]],
  ])("tells %s", (_, before, after, said) => {
    const changes = diffOf(list(...before), list(...after));
    expect(changes.map((c) => `${c.key} ${c.kind} ${c.from}>${c.to} +${c.gained} -${c.lost}`)).toEqual(said);
  });

  it("lists names in order, with the newest of several versions first", () => {
    const changes = diffOf(list("b_1_all"), list("b_1_all", "b_3_all", "b_2_all", "a_1_all"));
    expect(changes.map((one) => one.name)).toEqual(["a", "b"]);
    expect(changes[1]?.gained).toEqual(["3", "2"]);
  });
});

describe("diffWords", () => {
  it("counts, worst first", () => {
    const changes = diffOf(list("a_1_all", "b_1_all", "c_2_all"), list("b_2_all", "c_1_all", "d_1_all", "e_1_all"));
    expect(diffWords(changes)).toBe("1 removed, 1 downgraded, 1 upgraded, 2 added");
  });

  it("says so when nothing changes", () => expect(diffWords([])).toBe("nothing"));
});

describe("edited", () => {
  it("adds what is not there and takes away what is named", () => {
    const after = edited(list("a_1_all", "b_1_all"), list("a_1_all", "a_2_all"), new Set(["b_1_all"]));
    expect(after.map((one) => one.package_id)).toEqual(["a_1_all", "a_2_all"]);
  });
});
