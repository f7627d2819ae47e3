import { describe, expect, it } from "vitest";
import { eventLines, linkOf, linksAfter, statusAfter } from "./clientEvents.ts";
import { NOW } from "./live.table.ts";

describe("what an event says of a connection", () => {
  it.each([
    ["event-server-connect", { link: "server", connected: true }],
    ["event-server-disconnect", { link: "server", connected: false }],
    ["event-bankd-connect", { link: "bankd", connected: true }],
    ["bankd_disconnected", { link: "bankd", connected: false }],
    ["server-lost", { link: "server", connected: false }],
    ["SERVER-DOWN", { link: "server", connected: false }],
    ["bankd-up", { link: "bankd", connected: true }],
    ["event-config-bankd", undefined],
    ["event-modem-status", undefined],
    ["request-modem-reset", undefined],
    ["server-update", undefined],
    ["observer-connect", undefined],
  ] as const)("%s", (event, said) => {
    expect(linkOf(event)).toEqual(said);
  });
});

const events = [
  { event: "event-bankd-connect", detail: "", age_seconds: 0 },
  { event: "event-bankd-disconnect", detail: "timeout", age_seconds: 90 },
  { event: "event-server-connect", detail: "10.0.0.5:9998", age_seconds: 120.5 },
];

it("takes the youngest word on each connection, in whatever order they come", () => {
  expect(linksAfter(undefined, events, NOW)).toEqual({ server: true, bankd: true, at: NOW });
  expect(linksAfter(undefined, events.slice(1), NOW)).toEqual({ server: true, bankd: false, at: NOW });
  expect(linksAfter({ server: true, at: new Date(0) }, events.slice(0, 1), NOW)).toEqual({
    server: true,
    bankd: true,
    at: NOW,
  });
});

it.each([
  [["event-server-connect"], "registered"],
  [["event-server-connect", "event-bankd-connect"], "connected"],
  [["event-bankd-connect", "event-bankd-disconnect", "event-modem-status"], "disconnected"],
  [["event-bankd-disconnect", "event-bankd-connect"], "connected"],
  [["event-server-disconnect"], "disconnected"],
  [["event-modem-status"], undefined],
])("calls the state after %j %s", (names, status) => {
  const list = names.map((event, n) => ({ event, detail: "", age_seconds: names.length - n }));
  expect(statusAfter(list)).toBe(status);
  expect(statusAfter(list.reverse())).toBe(status);
});

it("writes a line for each, oldest first, by the time it happened", () => {
  expect(eventLines(events, NOW)).toEqual([
    "2026-03-01T11:57:59.500Z event-server-connect 10.0.0.5:9998",
    "2026-03-01T11:58:30.000Z event-bankd-disconnect timeout",
    "2026-03-01T12:00:00.000Z event-bankd-connect",
  ]);
});
