import type { RemsimClient } from "../../documents/remsimClient.ts";

/** An event of a client's event script, as it is reported. */
export interface ReportedClientEvent {
  event: string;
  detail: string;
  age_seconds: number;
}

type Links = NonNullable<RemsimClient["links"]>;

/** Words of osmo-remsim-client's event script and its add-on for a connection that is gone. */
const GONE = /disconnect|lost|\bdown\b|close|fail|timeout/;
const CONNECTION = /connect|lost|\bdown\b|\bup\b|close|fail|timeout/;

/** What an event says of a connection; undefined when it is about something else, such as the modem. */
export function linkOf(event: string): { link: "server" | "bankd"; connected: boolean } | undefined {
  const word = event.toLowerCase().replaceAll("_", "-");
  const link = /\b(server|bankd)\b/.exec(word)?.[1] as "server" | "bankd" | undefined;
  if (!link || !CONNECTION.test(word)) return undefined;
  return { link, connected: !GONE.test(word) };
}

/** What a client's state is called after events, as its add-on calls it in heartbeats; undefined when none tells of a connection. */
export function statusAfter(events: readonly ReportedClientEvent[]): string | undefined {
  const said = oldestFirst(events).flatMap(({ event }) => linkOf(event) ?? []);
  const last = said.at(-1);
  if (!last) return undefined;
  if (!last.connected) return "disconnected";
  return last.link === "bankd" ? "connected" : "registered";
}

/** A client's connections after events, which may come in any order: the youngest decides. */
export function linksAfter(before: RemsimClient["links"], events: readonly ReportedClientEvent[], now: Date): Links {
  const links: Links = { ...before, at: now };
  for (const { event } of oldestFirst(events)) {
    const said = linkOf(event);
    if (said) links[said.link] = said.connected;
  }
  return links;
}

/** One line of a client's log for each event, oldest first: when, what, and what about it. */
export function eventLines(events: readonly ReportedClientEvent[], now: Date): string[] {
  return oldestFirst(events).map(({ event, detail, age_seconds }) => {
    const at = new Date(now.getTime() - age_seconds * 1000).toISOString();
    return [at, event, detail].filter(Boolean).join(" ");
  });
}

function oldestFirst(events: readonly ReportedClientEvent[]): ReportedClientEvent[] {
  return [...events].sort((a, b) => b.age_seconds - a.age_seconds);
}
