import type { Report, Submission } from "../api/metrics.ts";
import type { Deployment, Epc, PendingCommand } from "../documents/epc.ts";
import { ailments, type EpcState, offlineAt, stateAfterReport } from "./epcState.ts";
import { byHour, type Sample } from "./telemetry.ts";

/** A deployment that has said nothing for so long has died, ms. */
export const DEPLOYMENT_SILENCE_MS = 15 * 60_000;
/** Older backlog is dropped: history is kept by hour and this is as far back as a spool may reach, ms. */
export const BACKLOG_REACH_MS = 7 * 24 * 3_600_000;
/** The ring is flushed once it spans this much (five minutes' reports, jitter allowed for), or holds RING_LIMIT. */
const RING_SPAN_MS = 216_000;
const RING_LIMIT = 30;
/** A report's own time is believed when it is this close to ours, ms. */
const NEAR_MS = 300_000;

export interface ReportOutcome {
  /** Fields of the EPC document to change. */
  changes: Partial<Epc>;
  /** Samples to merge into their hour buckets; empty on most reports. */
  hours: Map<string, Record<string, Sample>>;
  transition: { from: EpcState; to: EpcState; ailments: string[] } | undefined;
  /** What the reply hands out. */
  commands: PendingCommand[];
  /** Of those, the ones handed out for the first time. */
  firstDelivered: PendingCommand[];
  /** Delivered never or in vain: their time is over. */
  expired: PendingCommand[];
}

/** What a report changes. Pure: `now` in ms, `clockOffset` is the device's clock minus ours in seconds. */
export function applyReport(epc: Epc, input: Submission, now: number, clockOffset: number): ReportOutcome {
  const sample = sampleOf(input, now);
  const ring = [...epc.recent, sample];
  const flush = ring.length >= RING_LIMIT || sample.at - (ring[0]?.at ?? sample.at) >= RING_SPAN_MS;
  const components = input.components ? { ...input.components } : epc.components;
  const health = { components, clockOffsetSeconds: clockOffset };
  const to = stateAfterReport(epc.state, deploymentRuns(epc.deployment, now), health);
  const pending = dueCommands(epc.pendingCommands, now);
  return {
    changes: {
      ...reported(epc, input),
      components,
      // A bare heartbeat measures nothing: the figures it leaves alone keep their own time.
      ...(Object.keys(sample).length > 1 ? { latest: sample } : {}),
      recent: flush ? [] : ring,
      lastSeenAt: new Date(now),
      offlineAt: new Date(offlineAt(now, epc.reportIntervalSeconds)),
      clockOffsetSeconds: clockOffset,
      ailments: to === "degraded" ? ailments(health) : [],
      ...(to === epc.state ? {} : { state: to, stateSince: new Date(now) }),
      pendingCommands: pending.kept,
    },
    hours: byHour([...(flush ? ring : []), ...backlogSamples(input.backlog, now)]),
    transition: to === epc.state ? undefined : { from: epc.state, to, ailments: ailments(health) },
    commands: pending.due,
    firstDelivered: pending.fresh,
    expired: pending.expired,
  };
}

function deploymentRuns(deployment: Deployment | undefined, now: number): boolean {
  return deployment?.state === "running" && now - deployment.updatedAt.getTime() < DEPLOYMENT_SILENCE_MS;
}

function dueCommands(pending: readonly PendingCommand[], now: number) {
  const live = pending.filter((command) => command.expiresAt.getTime() > now);
  const due = live.filter((command) => command.state !== "running");
  return {
    due,
    fresh: due.filter((command) => command.state === "queued"),
    kept: live.map((command) => (command.state === "queued" ? { ...command, state: "delivered" as const } : command)),
    expired: pending.filter((command) => command.expiresAt.getTime() <= now),
  };
}

/** The descriptive parts of a report; what it leaves out stays as it was. */
function reported(epc: Epc, input: Submission): Partial<Epc> {
  const changes: Partial<Epc> = { spoolDropped: epc.spoolDropped + input.spool_dropped };
  if (input.uptime_seconds !== undefined) changes.uptimeSeconds = input.uptime_seconds;
  if (input.version) {
    const { open5gs, metrics_agent: agent, os } = input.version;
    changes.versions = { ...epc.versions, ...defined({ open5gs, agent, os }) };
  }
  const packages = input.version?.packages;
  if (packages && !sameVersions(packages, epc.packages ?? {})) changes.packages = packages;
  if (input.enb_stats) {
    changes.enbs = input.enb_stats.map((enb) => ({
      s1Ip: enb.s1_ip,
      status: enb.status,
      ...defined({ cellId: enb.cellid, lastSeen: enb.last_seen }),
    }));
  }
  const interfaces = input.system?.interfaces;
  if (interfaces) {
    changes.interfaces = Object.fromEntries(
      Object.entries(interfaces)
        .slice(0, 32)
        .map(([name, i]) => [
          name,
          { rxOctets: i.rx_octets, txOctets: i.tx_octets, rxErrors: i.rx_errors, txErrors: i.tx_errors },
        ]),
    );
  }
  if (input.apn_stats) {
    changes.apnSessions = Object.fromEntries(input.apn_stats.map(({ apn, sessions }) => [apn, sessions ?? 0]));
  }
  if (input.script_version !== undefined) changes.deployedScriptVersion = input.script_version;
  return changes;
}

function sameVersions(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** The figures of one report. */
function sampleOf(report: Report, now: number): Sample {
  const own = report.collected_at;
  return {
    at: own !== undefined && Math.abs(own - now) <= NEAR_MS ? own : now,
    ...figures(report),
  };
}

function backlogSamples(backlog: readonly Report[], now: number): Sample[] {
  return backlog.flatMap((report) => {
    const at = report.collected_at;
    return at === undefined || at > now + NEAR_MS || at < now - BACKLOG_REACH_MS ? [] : [{ at, ...figures(report) }];
  });
}

function figures(report: Report): Omit<Sample, "at"> {
  return defined({
    cpu: report.system?.cpu_percent,
    memory: report.system?.memory_percent,
    disk: report.system?.disk_percent,
    load1: report.system?.load_average?.[0],
    down: report.throughput?.down_bps,
    up: report.throughput?.up_bps,
    sessions: report.subscribers?.active_sessions,
    connected: report.subscribers?.total_connected,
    enbs: report.enb_stats?.length,
    uePool: report.ogstun_pool?.utilization_percent,
    uptime: report.uptime_seconds,
  });
}

/** The object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}
