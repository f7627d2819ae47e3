import { expect, it } from "vitest";
import { inTurn } from "./inTurn.ts";

it("runs acts on one thing one after the other, in order, past those that fail", async () => {
  const seen: string[] = [];
  const act = (name: string) =>
    inTurn("thing", async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === "b") throw new Error("b failed");
      return name;
    });
  const results = await Promise.allSettled(["a", "b", "c"].map(act));
  expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[2]).toMatchObject({ value: "c" });
});

it("lets acts on another thing pass", async () => {
  let finish = () => {};
  const held = inTurn("one", () => new Promise<void>((done) => (finish = done)));
  expect(await inTurn("other", async () => "passed")).toBe("passed");
  finish();
  await held;
});
