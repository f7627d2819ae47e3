import { describe, expect, it } from "vitest";
import { healthOf, lookOf } from "./health.ts";

const at = new Date();

describe("healthOf", () => {
  it.each([
    [{ active: true }, "pending", "Nothing sent yet"],
    [{ active: true, last: { at, ok: true, status: 200 } }, "online", "Delivering"],
    [{ active: true, last: { at, ok: false } }, "degraded", "Failing"],
    [{ active: false, last: { at, ok: true } }, "retired", "Off"],
    [{ active: false, stopReason: "its receiver answered 410 Gone" }, "retired", "Stopped"],
  ] as const)("%j is %s: %s", (webhook, mark, word) => {
    expect(healthOf(webhook)).toEqual({ mark, word });
  });
});

describe("lookOf", () => {
  const failed = { at, error: "answered 500", ms: 3 };
  it.each([
    ["queued", [], "Waiting"],
    ["queued", [failed], "Trying again"],
    ["delivered", [failed, { at, status: 200, ms: 3 }], "Delivered"],
    ["failed", [failed], "Given up"],
  ] as const)("%s after %j: %s", (state, attempts, word) => {
    expect(lookOf({ state, attempts: [...attempts] }).word).toBe(word);
  });
});
