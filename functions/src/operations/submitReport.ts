import { type api, applyReport, type CommandRequest, type Epc, paths, type ReportOutcome } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { deviceWrite } from "./deviceWrite.ts";
import { event } from "./event.ts";

/** How long hour buckets are kept, ms. */
const HISTORY_LIFETIME_MS = 400 * 24 * 3_600_000;

/** A device's minute: figures in, commands and versions out. One read and one write, and one write more when the ring is flushed. */
export async function submitReport(deps: Deps, caller: DeviceCaller, input: api.Submission): Promise<api.ReportReply> {
  return deviceWrite(deps, caller, async (epc, write) => {
    const now = deps.now();
    const outcome = applyReport(epc, input, now.getTime(), Math.round(caller.clockOffset));
    for (const [hour, samples] of outcome.hours) {
      write.merge(paths.historyHour(epc.tenantId, epc.id, hour), {
        schemaVersion: 1,
        samples,
        expireAt: new Date(now.getTime() + HISTORY_LIFETIME_MS),
      });
    }
    announce(deps, write, epc, input, outcome);
    moveCommands(deps, write, epc, outcome);
    return { changes: outcome.changes, value: replyOf(epc, outcome) };
  });
}

function announce(deps: Deps, write: Write, epc: Epc, input: api.Submission, outcome: ReportOutcome): void {
  if (outcome.transition) {
    const { from, to, ailments } = outcome.transition;
    event(deps, write, epc, {
      type: "state",
      severity: to === "degraded" ? "warning" : "info",
      message: `${from} → ${to}${ailments.length > 0 ? `: ${ailments.join(", ")}` : ""}`,
      data: { from, to },
    });
  }
  if (input.spool_dropped > 0) {
    event(deps, write, epc, {
      type: "spool",
      severity: "warning",
      message: `${input.spool_dropped} reports were dropped while the cloud was out of reach`,
      data: { dropped: input.spool_dropped },
    });
  }
}

function moveCommands(deps: Deps, write: Write, epc: Epc, outcome: ReportOutcome): void {
  for (const command of outcome.firstDelivered) {
    write.patch(paths.command(epc.tenantId, epc.id, command.id), { state: "delivered", deliveredAt: deps.now() });
  }
  for (const command of outcome.expired) {
    write.patch(paths.command(epc.tenantId, epc.id, command.id), { state: "expired", finishedAt: deps.now() });
  }
}

function replyOf(epc: Epc, outcome: ReportOutcome): api.ReportReply {
  return {
    success: true,
    next_interval: epc.reportIntervalSeconds,
    commands: outcome.commands.map((command) => ({
      id: command.id,
      expires_at: command.expiresAt.toISOString(),
      request: command.request as CommandRequest,
    })),
    config_version: epc.configVersion,
    script_version: epc.scriptVersion,
  };
}
