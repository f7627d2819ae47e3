import { z } from "zod";
import { PackageName, PackageVersion } from "../domain/apt/ids.ts";
import { OUTPUT_LIMIT } from "../domain/command.ts";
import { CommandId } from "../domain/ids.ts";
import { ComponentName, ComponentStatus } from "../domain/telemetry.ts";
import { None, optionalText, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const percent = z.number().min(0).max(100);
const count = z.number().min(0);

/** RFC 3339 with a zone, or Unix seconds: when the device measured. */
export const DeviceTime = z.union([
  z.iso.datetime({ offset: true }).transform((value) => Date.parse(value)),
  z
    .number()
    .min(1_000_000_000)
    .max(9_999_999_999)
    .transform((seconds) => Math.round(seconds * 1000)),
]);

/** One report. Everything is optional: a bare heartbeat is a valid report. Rates in bit/s, uptime in s. */
export const Report = z.object({
  collected_at: DeviceTime.optional(),
  version: z
    .object({
      open5gs: optionalText(64),
      metrics_agent: optionalText(64),
      os: optionalText(128),
      /** Installed packages that rollouts are about, name to version. */
      packages: z.record(PackageName, PackageVersion).optional(),
    })
    .optional(),
  uptime_seconds: count.optional(),
  system: z
    .object({
      cpu_percent: percent.optional(),
      memory_percent: percent.optional(),
      disk_percent: percent.optional(),
      load_average: z.array(count).length(3).optional(),
      interfaces: z
        .record(
          text(32),
          z.object({ rx_octets: count, tx_octets: count, rx_errors: count.default(0), tx_errors: count.default(0) }),
        )
        .optional(),
    })
    .optional(),
  components: z
    .partialRecord(
      ComponentName,
      z.union([
        z.enum(["running", "stopped", "error"]).transform((state) => ({ state, restarts: 0 })),
        ComponentStatus,
      ]),
    )
    .optional(),
  subscribers: z.object({ active_sessions: count.optional(), total_connected: count.optional() }).optional(),
  apn_stats: z
    .array(z.object({ apn: text(64), sessions: count.optional() }))
    .max(64)
    .optional(),
  ogstun_pool: z
    .object({ total_ips: count, allocated_ips: count, available_ips: count.optional(), utilization_percent: percent })
    .optional(),
  enb_stats: z
    .array(z.object({ s1_ip: text(64), cellid: optionalText(32), status: text(32), last_seen: optionalText(64) }))
    .max(256)
    .optional(),
  throughput: z.object({ down_bps: count, up_bps: count }).optional(),
});
export type Report = z.infer<typeof Report>;

/** Facts for the device's own care, beside the report of the moment. */
const Extras = z.object({
  script_version: z.int().min(0).optional(),
  /** Older reports, in order, that the spool kept while the cloud was away; each with collected_at. */
  backlog: z.array(Report).max(60).default([]),
  /** Reports the spool dropped since the last request that got through. */
  spool_dropped: z.int().min(0).default(0),
});

/** The bare object, and `{metrics: {...}}` as older agents send it. */
function unwrapped<T extends z.ZodType>(schema: T) {
  return z.preprocess((body) => {
    const wrapped = (body as { metrics?: unknown } | null)?.metrics;
    return typeof wrapped === "object" && wrapped !== null ? { ...(body as object), ...wrapped } : body;
  }, schema);
}

/** A command on its way to the device; `request` holds its type and parameters. */
export const DeliveredCommand = z.object({
  id: CommandId,
  expires_at: z.string(),
  request: z.record(z.string(), z.unknown()),
});

export const ReportReply = z.object({
  success: z.literal(true),
  /** Seconds until the next report is due. */
  next_interval: z.int(),
  commands: z.array(DeliveredCommand),
  config_version: z.int(),
  script_version: z.int(),
});
export type ReportReply = z.infer<typeof ReportReply>;

const report = {
  method: "post",
  auth: { kind: "device" },
  params: None,
  query: None,
  body: unwrapped(Report.extend(Extras.shape)),
  reply: ReportReply,
} as const;
export type Submission = z.infer<typeof report.body>;

/** The combined minute request: heartbeat and metrics in one. */
export const submit = defineEndpoint({ ...report, path: "/api/metrics/submit" });
/** The same thing under the name that means "I am alive"; figures are optional in both. */
export const heartbeat = defineEndpoint({ ...report, path: "/api/metrics/heartbeat" });

/** Subscriber activity from the journal. `id` lets a device repeat a batch; without it the content is the identity. */
export const ActivityEvent = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  type: z.enum(["attach", "detach", "log"]),
  at: DeviceTime.optional(),
  imsi: z
    .string()
    .regex(/^\d{6,15}$/, "must be 6 to 15 digits")
    .optional(),
  imei: z
    .string()
    .regex(/^\d{14,16}$/, "must be 14 to 16 digits")
    .optional(),
  apn: optionalText(64),
  ip: optionalText(64),
  cause: optionalText(256),
  message: optionalText(512),
});
export type ActivityEvent = z.infer<typeof ActivityEvent>;

const accepted = z.object({ success: z.literal(true), accepted: z.int() });

export const events = defineEndpoint({
  method: "post",
  path: "/api/metrics/events",
  auth: { kind: "device" },
  params: None,
  query: None,
  body: z.object({ events: z.array(ActivityEvent).min(1).max(100) }),
  reply: accepted,
});
export const attach = defineEndpoint({
  ...events,
  path: "/api/metrics/attach",
  body: ActivityEvent.omit({ type: true }),
});
export const detach = defineEndpoint({ ...attach, path: "/api/metrics/detach" });

/** `running` before a command starts (so that a crash shows), then its end. Repeating a result changes nothing. */
export const commandResult = defineEndpoint({
  method: "post",
  path: "/api/metrics/command-result",
  auth: { kind: "device" },
  params: None,
  query: None,
  body: z.object({
    command_id: CommandId,
    state: z.enum(["running", "succeeded", "failed"]),
    exit_code: z.int().min(0).max(255).optional(),
    output: z.string().max(OUTPUT_LIMIT, `must be at most ${OUTPUT_LIMIT} characters`).default(""),
  }),
  reply: z.object({ success: z.literal(true) }),
});
