import { expect, test } from "vitest";
import { InOrder } from "./inOrder.ts";

test("one key at a time, in the order it was asked for, whether or not it fails", async () => {
  const inOrder = new InOrder();
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
  const all = [inOrder.run("1", work("a", true)), inOrder.run("1", work("b")), inOrder.run("2", work("c"))];
  expect(await Promise.allSettled(all)).toMatchObject([
    { status: "rejected" },
    { status: "fulfilled", value: "b" },
    { status: "fulfilled", value: "c" },
  ]);
  expect(seen.filter((each) => !each.startsWith("c"))).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect(seen.indexOf("c begins")).toBeLessThan(seen.indexOf("b begins"));
});
