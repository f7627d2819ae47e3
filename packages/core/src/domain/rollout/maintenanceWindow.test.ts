import { describe, expect, it, vi } from "vitest";
import { nextOpening, windowEnd, windowIsOpen } from "./maintenanceWindow.ts";
import type { MaintenanceWindow } from "./strategy.ts";

const daily = [0, 1, 2, 3, 4, 5, 6];
const at = (text: string) => Date.parse(text);
const window = (start: string, end: string, days = daily): MaintenanceWindow => ({ days, start, end });

describe("windowIsOpen", () => {
  it.each<[string, MaintenanceWindow, string, string, boolean]>([
    ["before", window("02:00", "04:00"), "UTC", "2026-03-01T01:59:59Z", false],
    ["at its start", window("02:00", "04:00"), "UTC", "2026-03-01T02:00:00Z", true],
    ["in its last second", window("02:00", "04:00"), "UTC", "2026-03-01T03:59:59Z", true],
    ["at its end", window("02:00", "04:00"), "UTC", "2026-03-01T04:00:00Z", false],
    ["by the site's clock, east", window("02:00", "04:00"), "Europe/Vienna", "2026-01-15T01:30:00Z", true],
    ["by the site's clock, west", window("02:00", "04:00"), "America/Denver", "2026-01-15T09:30:00Z", true],
    ["by the site's clock, half an hour off", window("02:00", "02:30"), "Asia/Kolkata", "2026-01-14T20:45:00Z", true],
    ["on a day it does not begin", window("02:00", "04:00", [1]), "UTC", "2026-03-01T03:00:00Z", false],
    ["on a day it begins", window("02:00", "04:00", [0]), "UTC", "2026-03-01T03:00:00Z", true],
    ["the day of the site, not of UTC", window("22:00", "23:00", [6]), "America/Denver", "2026-03-01T05:30:00Z", true],
    ["over midnight, before", window("22:00", "02:00", [6]), "UTC", "2026-02-28T23:00:00Z", true],
    [
      "over midnight, after: the day it began counts",
      window("22:00", "02:00", [6]),
      "UTC",
      "2026-03-01T01:59:00Z",
      true,
    ],
    [
      "over midnight, after, of a day it did not begin",
      window("22:00", "02:00", [0]),
      "UTC",
      "2026-03-01T01:00:00Z",
      false,
    ],
    ["over midnight, from Saturday to Sunday", window("22:00", "02:00", [0]), "UTC", "2026-03-01T22:00:00Z", true],
    ["all day when start is end", window("00:00", "00:00", [0]), "UTC", "2026-03-01T13:00:00Z", true],
    ["not the day after an all-day window", window("00:00", "00:00", [0]), "UTC", "2026-03-02T00:00:00Z", false],
    // Vienna goes from 02:00 to 03:00 on 29 March 2026 at 01:00 UTC, and from 03:00 to 02:00 on 25 October at 01:00 UTC.
    ["just before the clock skips", window("01:30", "03:30"), "Europe/Vienna", "2026-03-29T00:59:00Z", true],
    ["just after the clock skipped", window("01:30", "03:30"), "Europe/Vienna", "2026-03-29T01:29:00Z", true],
    ["shortened by the skipped hour", window("01:30", "03:30"), "Europe/Vienna", "2026-03-29T01:30:00Z", false],
    ["skipped whole", window("02:10", "02:50"), "Europe/Vienna", "2026-03-29T01:10:00Z", false],
    ["the hour that comes twice, first time", window("02:00", "03:00"), "Europe/Vienna", "2026-10-25T00:30:00Z", true],
    ["the hour that comes twice, second time", window("02:00", "03:00"), "Europe/Vienna", "2026-10-25T01:30:00Z", true],
    ["after it came twice", window("02:00", "03:00"), "Europe/Vienna", "2026-10-25T02:00:00Z", false],
    ["half an hour's change", window("01:45", "02:15"), "Australia/Lord_Howe", "2026-04-04T14:50:00Z", true],
  ])("%s", (_, given, zone, instant, expected) => {
    expect(windowIsOpen(given, zone, at(instant))).toBe(expected);
  });
});

const text = (ms: number | undefined) => (ms === undefined ? "never" : new Date(ms).toISOString().slice(0, 16));

describe("nextOpening", () => {
  it.each<[string, MaintenanceWindow, string, string, string]>([
    ["now", window("02:00", "04:00"), "UTC", "2026-03-01T03:10:00Z", "2026-03-01T03:10"],
    ["later today", window("02:00", "04:00"), "Europe/Vienna", "2026-01-15T00:00:30Z", "2026-01-15T01:00"],
    ["tomorrow", window("02:00", "04:00"), "UTC", "2026-03-01T05:00:00Z", "2026-03-02T02:00"],
    ["next week", window("02:00", "04:00", [0]), "UTC", "2026-03-01T05:00:00Z", "2026-03-08T02:00"],
    [
      "after the clock went forward",
      window("04:00", "05:00"),
      "Europe/Vienna",
      "2026-03-28T12:00:00Z",
      "2026-03-29T02:00",
    ],
    [
      "a week later when the clock skips it",
      window("02:10", "02:50", [0]),
      "Europe/Vienna",
      "2026-03-29T00:00:00Z",
      "2026-04-05T00:10",
    ],
    [
      "inside the skipped hour: when the clock is past it",
      window("02:30", "05:00"),
      "Europe/Vienna",
      "2026-03-29T00:00:00Z",
      "2026-03-29T01:00",
    ],
  ])("%s", (_, given, zone, instant, expected) => {
    expect(text(nextOpening(given, zone, at(instant)))).toBe(expected);
  });
});

describe("windowEnd", () => {
  it.each<[string, MaintenanceWindow, string, string, string]>([
    ["today", window("02:00", "04:00"), "UTC", "2026-03-01T03:10:00Z", "2026-03-01T04:00"],
    ["over midnight", window("22:00", "02:00"), "UTC", "2026-03-01T23:00:00Z", "2026-03-02T02:00"],
    [
      "an hour later when an hour comes twice",
      window("01:30", "03:00"),
      "Europe/Vienna",
      "2026-10-24T23:45:00Z",
      "2026-10-25T02:00",
    ],
    [
      "an hour sooner when one is skipped",
      window("01:30", "03:30"),
      "Europe/Vienna",
      "2026-03-29T00:45:00Z",
      "2026-03-29T01:30",
    ],
    ["never, when it is always open", window("00:00", "00:00"), "UTC", "2026-03-01T03:10:00Z", "never"],
    [
      "all day, but not every day",
      window("06:00", "06:00", [0, 1, 2, 3, 4, 5]),
      "UTC",
      "2026-03-01T07:00:00Z",
      "2026-03-07T06:00",
    ],
    ["a minute before midnight each day", window("00:00", "23:59"), "UTC", "2026-03-01T07:00:00Z", "2026-03-01T23:59"],
  ])("%s", (_, given, zone, instant, expected) => {
    expect(text(windowEnd(given, zone, at(instant)))).toBe(expected);
  });
});

it("a window that never closes says so without asking the clock", () => {
  const spy = vi.spyOn(Intl.DateTimeFormat.prototype, "formatToParts");
  for (const start of ["00:00", "13:30"]) {
    expect(windowEnd(window(start, start), "America/Lima", at("2026-03-01T03:10:00Z"))).toBeUndefined();
  }
  expect(spy).not.toHaveBeenCalled();
  spy.mockRestore();
});

it("opening and end agree with the clock all through a year, in zones of all kinds", () => {
  const given = window("23:40", "01:20", [1, 3, 6]);
  for (const zone of ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]) {
    for (let ms = at("2026-01-01T00:00:00Z"); ms < at("2026-12-31T00:00:00Z"); ms += 131 * 3_600_000) {
      const open = windowIsOpen(given, zone, ms);
      const change = open ? windowEnd(given, zone, ms) : nextOpening(given, zone, ms);
      expect(change).toBeDefined();
      expect(windowIsOpen(given, zone, change ?? 0)).toBe(!open);
      expect(windowIsOpen(given, zone, (change ?? 0) - 60_000)).toBe(open);
    }
  }
}, 30_000);
