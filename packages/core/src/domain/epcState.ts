import { z } from "zod";
import { CLOCK_WINDOW_SECONDS } from "./signature.ts";
import type { ComponentStatus } from "./telemetry.ts";

/**
 * pending: waits for approval (a claim, not yet an EPC). enrolled: has credentials, no deployment reported yet.
 * deploying: the script runs. online: reports. degraded: reports, but a component is down or its clock is off.
 * offline: three report intervals missed. retired: out of service for good, credentials gone.
 */
export const EPC_STATES = ["enrolled", "deploying", "online", "degraded", "offline", "retired"] as const;
export const EpcState = z.enum(EPC_STATES);
export type EpcState = z.infer<typeof EpcState>;

/** Missed intervals that make an EPC offline. */
export const MISSED_INTERVALS = 3;
/** A clock further off than this makes an EPC degraded, seconds; at CLOCK_WINDOW_SECONDS it could no longer sign. */
export const CLOCK_WARNING_SECONDS = CLOCK_WINDOW_SECONDS / 5;

export interface Health {
  components: Readonly<Record<string, ComponentStatus>>;
  clockOffsetSeconds: number;
}

/** Why a reporting EPC is not wholly well, in words for its operator; empty when it is. */
export function ailments(health: Health): string[] {
  const down = Object.entries(health.components)
    .filter(([, status]) => status.state !== "running")
    .map(([name, status]) => `${name} ${status.state}`);
  if (Math.abs(health.clockOffsetSeconds) > CLOCK_WARNING_SECONDS) {
    down.push(`clock off by ${Math.round(health.clockOffsetSeconds)} s`);
  }
  return down;
}

/** The state after a report. A report while the deployment runs doesn't end it; its own progress does. */
export function stateAfterReport(current: EpcState, deploymentRunning: boolean, health: Health): EpcState {
  if (current === "retired") return "retired";
  if (deploymentRunning) return "deploying";
  return ailments(health).length > 0 ? "degraded" : "online";
}

/** When an EPC that reported at `seenAt` (ms) and reports every `intervalSeconds` counts as offline, ms. */
export function offlineAt(seenAt: number, intervalSeconds: number): number {
  return seenAt + MISSED_INTERVALS * intervalSeconds * 1000;
}
