import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), "utf8");

describe.each(["firestore.rules", "storage.rules"])("%s", (name) => {
  const text = read(name);

  it("names no person", () => {
    expect(text).not.toMatch(/@/);
  });

  it("grants nothing unconditionally", () => {
    expect(text).not.toMatch(/if\s*\(*\s*true/);
    expect(text).not.toMatch(/allow[^:;]*;/);
  });
});

it("lets a recursive wildcard only deny", () => {
  expect(read("firestore.rules")).not.toMatch(/=\*\*/);
  const conditions = read("storage.rules").match(/allow[^;]*;/g);
  expect(conditions).toEqual(["allow read, write: if false;"]);
});

it("grants no write and no undivided read in Firestore", () => {
  const granted = [...read("firestore.rules").matchAll(/allow ([^:]*):/g)].map((match) => match[1]);
  expect(new Set(granted)).toEqual(new Set(["get", "list"]));
});

it("takes nothing from the payload or from claims", () => {
  expect(read("firestore.rules")).not.toMatch(/request\.resource|auth\.token|\bresource\./);
});
