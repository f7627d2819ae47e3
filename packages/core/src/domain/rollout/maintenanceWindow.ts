import type { MaintenanceWindow } from "./strategy.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Clocks change at whole quarters of an hour UTC, so an offset holds for a quarter. */
const QUARTER_MS = 15 * MINUTE_MS;
/** A week and a day: a window of one day a week that fell into the hour a clock skipped comes a week later. */
const REACH_MINUTES = 15 * DAY_MINUTES;

/**
 * Whether devices whose site has this clock may begin at `instant` (ms). The window is meant as the site's clock shows it: it is shorter or
 * longer by the hour when the clock changes within it, and does not come on a day whose clock skips it whole. Equal start and end: all day.
 */
export function windowIsOpen(window: MaintenanceWindow, timeZone: string, instant: number): boolean {
  return opensAt(window, wallClock(timeZone, instant));
}

/** When the window is open next, ms: now when it is open; undefined when it does not come within 15 days. */
export function nextOpening(window: MaintenanceWindow, timeZone: string, instant: number): number | undefined {
  return windowIsOpen(window, timeZone, instant) ? instant : firstMinute(window, timeZone, instant, true);
}

/** When a window that is open at `instant` closes, ms; undefined when it does not close within 15 days. */
export function windowEnd(window: MaintenanceWindow, timeZone: string, instant: number): number | undefined {
  if (neverCloses(window)) return undefined; // without asking the zone for every quarter of an hour
  return firstMinute(window, timeZone, instant, false);
}

/** All day, every day: on any clock. */
function neverCloses({ days, start, end }: MaintenanceWindow): boolean {
  return start === end && new Set(days).size === 7;
}

function firstMinute(window: MaintenanceWindow, timeZone: string, instant: number, open: boolean): number | undefined {
  let at = Math.floor(instant / MINUTE_MS) * MINUTE_MS;
  let offset = offsetAt(timeZone, at);
  for (let n = 0; n < REACH_MINUTES; n++) {
    at += MINUTE_MS;
    if (at % QUARTER_MS === 0) offset = offsetAt(timeZone, at);
    if (opensAt(window, at + offset) === open) return at;
  }
  return undefined;
}

/** `wall` is the site's date and time as if it were UTC, ms. */
function opensAt({ days, start, end }: MaintenanceWindow, wall: number): boolean {
  const date = new Date(wall);
  const day = date.getUTCDay();
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
  const from = minuteOf(start);
  const to = minuteOf(end);
  if (from < to) return days.includes(day) && from <= minute && minute < to;
  return (days.includes(day) && minute >= from) || (days.includes((day + 6) % 7) && minute < to);
}

function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

function wallClock(timeZone: string, instant: number): number {
  return instant + offsetAt(timeZone, instant);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The zone's clock minus UTC, ms. */
function offsetAt(timeZone: string, instant: number): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(instant / MINUTE_MS) * MINUTE_MS;
}
