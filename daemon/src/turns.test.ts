import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("one key at a time, in the order it was asked for, whether or not it fails", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const all = [turns.run("1", work("a", true)), turns.run("1", work("b")), turns.run("2", work("c"))];
  expect(await Promise.allSettled(all)).toMatchObject([
    { status: "rejected" },
    { status: "fulfilled", value: "b" },
    { status: "fulfilled", value: "c" },
  ]);
  expect(seen.filter((each) => !each.startsWith("c"))).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect(seen.indexOf("c begins")).toBeLessThan(seen.indexOf("b begins"));
});
