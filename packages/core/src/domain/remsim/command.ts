import { z } from "zod";

/** Settings a client's add-on applies: names of osmo-remsim-client's own options in UCI spelling, as text. */
export const ClientConfiguration = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a lower-case option name"),
    z
      .string()
      .max(200)
      .regex(/^[\x20-\x7e]*$/, "must be printable ASCII"),
  )
  .refine((values) => Object.keys(values).length <= 40, "must be at most 40 options");
export type ClientConfiguration = z.infer<typeof ClientConfiguration>;

/** What an operator or the platform tells a router; rides in the reply to a heartbeat until the router acknowledges it. */
export const RemsimCommandRequest = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("restart") }),
  /** Its card changed under it; the client need not register again, but should tell its modem that the card was swapped. */
  z.strictObject({ type: z.literal("reassign"), iccid: z.string(), imsi: z.string() }),
  z.strictObject({ type: z.literal("config_update"), version: z.int().min(1), values: ClientConfiguration }),
  z.strictObject({ type: z.literal("log_level"), level: z.enum(["debug", "info", "notice", "error"]) }),
  z.strictObject({ type: z.literal("send_logs"), lines: z.int().min(10).max(2000).default(500) }),
]);
export type RemsimCommandRequest = z.infer<typeof RemsimCommandRequest>;

export const RemsimCommandId = z.string().regex(/^rcmd_[0-9a-f]{16}$/, "must be rcmd_ and 16 hex digits");
