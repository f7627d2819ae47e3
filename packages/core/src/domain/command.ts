import { z } from "zod";
import type { Permission } from "./roles.ts";
import { ExactPackage, RolloutId } from "./rollout/ids.ts";
import { ComponentName } from "./telemetry.ts";

/** A host name or IP address, safe to hand to ping. */
export const Host = z
  .string()
  .max(253)
  .regex(/^(?!-)[A-Za-z0-9.:-]+$/, "must be a host name or an IP address");

/** What an operator may ask a device to do. Params are validated here; the device checks them again. */
export const CommandRequest = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("service"), action: z.enum(["start", "stop", "restart"]), service: ComponentName }),
  z.strictObject({ type: z.literal("reboot") }),
  z.strictObject({ type: z.literal("collect_logs"), lines: z.int().min(10).max(2000).default(200) }),
  z.strictObject({ type: z.literal("redeploy") }),
  z.strictObject({ type: z.literal("apply_configuration") }),
  z.strictObject({ type: z.literal("diagnostics"), tool: z.enum(["ping", "traceroute", "iperf"]), host: Host }),
  z.strictObject({ type: z.literal("rotate_credentials") }),
  z.strictObject({ type: z.literal("shell"), script: z.string().min(1).max(8000) }),
]);
export type CommandRequest = z.infer<typeof CommandRequest>;

/** What a rollout tells a device; no person may issue it. The device reports each state to /api/epc-updates/report. */
export const UpdateRequest = z.strictObject({
  type: z.literal("update"),
  rollout_id: RolloutId,
  attempt: z.int().min(1),
  packages: z.array(ExactPackage).min(1).max(50),
  /** Set when the goal is what the device had before. */
  restore: z.boolean(),
  health_seconds: z.int(),
  report_seconds: z.int(),
});
export type UpdateRequest = z.infer<typeof UpdateRequest>;
export type CommandType = CommandRequest["type"];

/** The permission each type needs; shell besides needs the tenant's own switch. */
export const COMMAND_PERMISSION: Record<CommandType, Permission> = {
  service: "commands.operate",
  reboot: "commands.operate",
  collect_logs: "commands.diagnose",
  redeploy: "commands.operate",
  apply_configuration: "commands.operate",
  diagnostics: "commands.diagnose",
  rotate_credentials: "credentials.rotate",
  shell: "commands.shell",
};

/** queued -> delivered -> running -> succeeded | failed; expired when nobody fetched or finished it in time; cancelled by an operator. */
export const CommandState = z.enum(["queued", "delivered", "running", "succeeded", "failed", "expired", "cancelled"]);
export type CommandState = z.infer<typeof CommandState>;

export const COMMAND_LIFETIME_MS = 24 * 3_600_000;
/** Bytes of output kept of a command; devices send the tail. */
export const OUTPUT_LIMIT = 64 * 1024;

export function isOpen(state: CommandState): boolean {
  return state === "queued" || state === "delivered" || state === "running";
}
