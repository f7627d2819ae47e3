import type { CommandRequest, CommandState, CommandType } from "@wisptools/core/domain/command";
import type { ShownState } from "../../../ui/states.ts";

export const TYPE_WORDS: Record<CommandType, string> = {
  service: "Start, stop or restart a service",
  reboot: "Reboot",
  collect_logs: "Collect logs",
  redeploy: "Run the deployment again",
  apply_configuration: "Apply configuration",
  diagnostics: "Diagnostics",
  rotate_credentials: "Rotate credentials",
  shell: "Shell script",
};

/** One command in few words; also of one read back from the database, whose shape is the server's word. */
export function describe(request: CommandRequest | Record<string, unknown>): string {
  const asked = request as CommandRequest;
  switch (asked.type) {
    case "service":
      return `${asked.action.charAt(0).toUpperCase()}${asked.action.slice(1)} ${asked.service}`;
    case "diagnostics":
      return `${asked.tool} ${asked.host}`;
    case "collect_logs":
      return `Collect ${asked.lines} lines of logs`;
    case "shell":
      return "Run a shell script";
    default:
      return TYPE_WORDS[asked.type] ?? String((request as { type?: unknown }).type);
  }
}

/** What it will do, for the question before it. */
export function effect(request: CommandRequest): string {
  switch (request.type) {
    case "service":
      return request.action === "start"
        ? "The service starts."
        : `Subscribers lose service while ${request.service} ${request.action === "stop" ? "is stopped" : "restarts"}.`;
    case "reboot":
      return "Every subscriber of the site is off until the box is back, usually a few minutes.";
    case "redeploy":
      return "The script checks every step and changes what differs; services may restart.";
    case "apply_configuration":
      return "Changed configuration is written and the services it belongs to restart.";
    case "shell":
      return "The script runs as root on the box, exactly as written.";
    default:
      return "";
  }
}

/** Commands that disturb nobody go without a question. */
export function isHarmless(request: CommandRequest): boolean {
  return request.type === "collect_logs" || request.type === "diagnostics";
}

export const STATE_LOOK: Record<CommandState, { word: string; mark: ShownState }> = {
  queued: { word: "Waiting for the box", mark: "pending" },
  delivered: { word: "Delivered", mark: "pending" },
  running: { word: "Running", mark: "deploying" },
  succeeded: { word: "Succeeded", mark: "online" },
  failed: { word: "Failed", mark: "offline" },
  expired: { word: "Expired", mark: "retired" },
  cancelled: { word: "Cancelled", mark: "retired" },
};
