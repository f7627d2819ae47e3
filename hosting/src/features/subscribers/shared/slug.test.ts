import { Slug } from "@wisptools/core/domain/subscription/settings";
import { describe, expect, it } from "vitest";
import { slugOf } from "./slug.ts";

describe("slugOf", () => {
  it.each([
    ["Gold 100/50", "gold-100-50"],
    ["  Älvsborg: homes! ", "alvsborg-homes"],
    [`${"long ".repeat(20)}`, "long-long-long-long-long-long-long-long"],
  ])("makes of %j an id", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
    expect(Slug.safeParse(slugOf(name)).success).toBe(true);
  });
  it("has nothing to suggest for nothing", () => expect(slugOf("?!")).toBe(""));
});
