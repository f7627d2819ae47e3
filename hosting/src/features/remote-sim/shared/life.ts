import type { RemsimClient, RemsimSample } from "@wisptools/core/documents/remsim";

export interface Sign {
  /** Undefined: alive now, as its server says. */
  at: Date | undefined;
  by: "heartbeat" | "server" | "registration";
}

/** Heartbeats that are younger say more than the server does. */
const FRESH_MS = 120_000;

/**
 * When a client was last known alive, and by what. A client without the add-on shows itself to its server alone, whose word no longer counts once
 * the sweep has called the client disconnected.
 */
export function lastSign(
  client: Pick<RemsimClient, "heartbeatAt" | "registeredAt" | "server" | "state">,
  now: number,
): Sign {
  const { heartbeatAt, registeredAt, server, state } = client;
  const beat = heartbeatAt?.getTime() ?? 0;
  if (server?.connected && state === "connected" && beat < now - FRESH_MS) return { at: undefined, by: "server" };
  const signs: Sign[] = [
    { at: registeredAt, by: "registration" },
    ...(heartbeatAt ? [{ at: heartbeatAt, by: "heartbeat" } as const] : []),
    // When the server saw it come or lost it, it was there.
    ...(server ? [{ at: server.at, by: "server" } as const] : []),
  ];
  return signs.reduce((latest, one) => ((one.at?.getTime() ?? 0) >= (latest.at?.getTime() ?? 0) ? one : latest));
}

/** Whether what it last said may no longer hold. */
export function isOld(client: Pick<RemsimClient, "state" | "leaseUntil">, now: number): boolean {
  if (client.state === "released" || client.state === "disconnected") return true;
  return client.leaseUntil !== null && client.leaseUntil.getTime() < now;
}

/** A moment of a client's figures: rates in TPDUs a minute, signal figures as `signal_rsrp`. */
export type Moment = {
  at: number;
  sent?: number | undefined;
  received?: number | undefined;
  errors?: number | undefined;
  [signal: string]: number | undefined;
};

/** Growth of a counter in a minute; unknown over a restart, which sets it back. */
function perMinute(before: number | undefined, after: number | undefined, ms: number): number | undefined {
  if (before === undefined || after === undefined || after < before || ms <= 0) return undefined;
  return ((after - before) * 60_000) / ms;
}

/** Samples as charts take them: counters become rates between neighbours. */
export function moments(samples: readonly RemsimSample[]): Moment[] {
  return samples.map((sample, i) => {
    const before = samples[i - 1];
    const { at } = sample;
    const signal = Object.entries(sample.signal ?? {}).map(([name, value]) => [`signal_${name}`, value]);
    if (!before) return { at, ...Object.fromEntries(signal) };
    const ms = at - before.at;
    const restarted = sample.uptime !== undefined && before.uptime !== undefined && sample.uptime < before.uptime;
    const rate = (name: "tpdusSent" | "tpdusReceived" | "errors") =>
      restarted ? undefined : perMinute(before[name], sample[name], ms);
    return {
      at,
      sent: rate("tpdusSent"),
      received: rate("tpdusReceived"),
      errors: rate("errors"),
      ...Object.fromEntries(signal),
    };
  });
}

/** TPDUs a minute, both ways, over the last samples; undefined when nothing is known. */
export function tpduRate(samples: readonly RemsimSample[]): number | undefined {
  const last = moments(samples.slice(-2)).at(-1);
  if (last?.sent === undefined && last?.received === undefined) return undefined;
  return (last.sent ?? 0) + (last.received ?? 0);
}

const UNITS: Record<string, string> = {
  rsrp: "dBm",
  rssi: "dBm",
  rscp: "dBm",
  rsrq: "dB",
  sinr: "dB",
  snr: "dB",
  ecio: "dB",
};

export const signalUnit = (name: string): string => UNITS[name] ?? "";

/** The figure that says most about a signal: RSRP of LTE, else what there is. */
export function mainSignal(samples: readonly RemsimSample[]): { name: string; value: number } | undefined {
  const signal = samples.at(-1)?.signal;
  if (!signal) return undefined;
  const name = ["rsrp", "rscp", "rssi", ...Object.keys(signal)].find((one) => signal[one] !== undefined);
  const value = name === undefined ? undefined : signal[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}
