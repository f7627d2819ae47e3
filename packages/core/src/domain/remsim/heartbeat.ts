import type { RemsimHeartbeat } from "../../api/remsim.ts";
import { REMSIM_SAMPLES, type RemsimClient, type RemsimSample } from "../../documents/remsimClient.ts";
import { COMMAND_LIFETIME_MS } from "../command.ts";
import { byHour } from "../telemetry.ts";
import { seeInstance } from "./clash.ts";
import { leaseUntil } from "./lease.ts";
import { addressAfter } from "./routerAddress.ts";

/** Heartbeats that follow closer leave no sample, ms: the ring is for hours, not for bursts. */
const SAMPLE_STEP_MS = 25_000;
const SIGNALS = 8;
const SIGNAL = /^signal_([a-z][a-z0-9_]{0,19})$/;
const MODEM_FIELDS = 20;
const MODEM_FIELD = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;
const MODEM_TEXT = 100;

export type RemsimPendingCommand = RemsimClient["pendingCommands"][number];

export interface HeartbeatOutcome {
  /** Fields of the client's document to change. */
  changes: Partial<RemsimClient>;
  /** Samples that the ring holds no more, by hour bucket and second of the hour. */
  hours: ReadonlyMap<string, Record<string, RemsimSample>>;
  /** What the reply hands out: all that wait, oldest first, each until it is acknowledged. */
  commands: RemsimPendingCommand[];
  /** What the client says became of commands. */
  finished: { command: RemsimPendingCommand; ok: boolean; message: string }[];
  /** Two routers under one name were seen for the first time in a while. */
  clashBegins: boolean;
  /** It lacks this configuration and no command carries it any more, as after a new flash: to be handed out anew. */
  lacksConfiguration: number | undefined;
}

/** What a heartbeat from `address` ("": unknown) changes. Pure. */
export function applyHeartbeat(
  client: RemsimClient,
  beat: RemsimHeartbeat,
  { graceSeconds, address }: { graceSeconds: number; address: string },
  now: Date,
): HeartbeatOutcome {
  const finished = acknowledged(client, beat);
  const configuration = configurationAfter(client, beat, finished, now);
  const commands = waiting(client, finished, configuration, now);
  const instance = seeInstance(client, beat.instance_id, now);
  const modem = modemOf(beat);
  const { samples, hours } = withSample(client.samples, sampleOf(beat, now.getTime()));
  return {
    changes: {
      state: "connected",
      heartbeatAt: now,
      leaseUntil: leaseUntil(now, graceSeconds),
      status: beat.status || client.status,
      samples,
      ...(Object.keys(modem).length > 0 ? { modem } : {}),
      ...instance.changes,
      address: addressAfter(client, beat.instance_id, address, now),
      pendingCommands: commands,
      configuration,
      updatedAt: now,
    },
    hours,
    commands,
    finished,
    clashBegins: instance.begins,
    lacksConfiguration: lacking(configuration, commands),
  };
}

function acknowledged(client: RemsimClient, beat: RemsimHeartbeat): HeartbeatOutcome["finished"] {
  return beat.acks.flatMap(({ id, ok, message }) => {
    const command = client.pendingCommands.find((one) => one.id === id);
    return command ? [{ command, ok, message }] : [];
  });
}

function configurationAfter(
  client: RemsimClient,
  beat: RemsimHeartbeat,
  finished: HeartbeatOutcome["finished"],
  now: Date,
): RemsimClient["configuration"] {
  let { applied, failed } = client.configuration;
  for (const { command, ok, message } of finished) {
    if (command.request.type !== "config_update") continue;
    const { version } = command.request;
    if (ok) applied = Math.max(applied, version);
    else failed = { version, message, at: now };
  }
  applied = beat.configuration_version ?? applied;
  const { wanted } = client.configuration;
  return { wanted, applied, ...(failed && failed.version === wanted && applied < wanted ? { failed } : {}) };
}

/** Configurations wait until they are applied, other commands for a day: a router that comes back later shall not restart for an old wish. */
function waiting(
  client: RemsimClient,
  finished: HeartbeatOutcome["finished"],
  { applied }: RemsimClient["configuration"],
  now: Date,
): RemsimPendingCommand[] {
  return client.pendingCommands.filter((command) => {
    if (finished.some((one) => one.command === command)) return false;
    if (command.request.type === "config_update") return command.request.version > applied;
    return now.getTime() - command.createdAt.getTime() < COMMAND_LIFETIME_MS;
  });
}

function lacking(
  { wanted, applied, failed }: RemsimClient["configuration"],
  commands: readonly RemsimPendingCommand[],
): number | undefined {
  const carried = commands.some(({ request }) => request.type === "config_update");
  return wanted > applied && !failed && !carried ? wanted : undefined;
}

/** The ring with one sample more, unless the last is too fresh. A full one goes to its hours; the last two stay, as they make a rate. */
function withSample(
  samples: readonly RemsimSample[],
  sample: RemsimSample,
): Pick<HeartbeatOutcome, "hours"> & { samples: RemsimSample[] } {
  const last = samples.at(-1);
  if (last && sample.at - last.at < SAMPLE_STEP_MS) return { samples: [...samples], hours: new Map() };
  const ring = [...samples, sample];
  if (ring.length <= REMSIM_SAMPLES) return { samples: ring, hours: new Map() };
  return { samples: ring.slice(-2), hours: byHour(ring) };
}

function sampleOf({ stats }: RemsimHeartbeat, at: number): RemsimSample {
  const { uptime_seconds: uptime, tpdus_sent: tpdusSent, tpdus_received: tpdusReceived, errors } = stats;
  const signal = signalOf(stats);
  return {
    at,
    ...(uptime === undefined ? {} : { uptime }),
    ...(tpdusSent === undefined ? {} : { tpdusSent }),
    ...(tpdusReceived === undefined ? {} : { tpdusReceived }),
    ...(errors === undefined ? {} : { errors }),
    ...(Object.keys(signal).length > 0 ? { signal } : {}),
  };
}

/** What else the stats say is left out, as are signals without a figure: what a modem does not know, it may write in words. */
function signalOf(stats: RemsimHeartbeat["stats"]): Record<string, number> {
  const known = Object.entries(stats).flatMap(([key, value]) => {
    const name = SIGNAL.exec(key)?.[1];
    return name !== undefined && typeof value === "number" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known.slice(0, SIGNALS));
}

function modemOf({ modem_info: info }: RemsimHeartbeat): Record<string, string> {
  const known = Object.entries(info).flatMap(([key, value]) =>
    MODEM_FIELD.test(key) && value !== null && value !== "" ? [[key, cleaned(String(value))] as const] : [],
  );
  return Object.fromEntries(known.slice(0, MODEM_FIELDS));
}

function cleaned(value: string): string {
  return value.replace(/\p{Cc}/gu, "").slice(0, MODEM_TEXT);
}
