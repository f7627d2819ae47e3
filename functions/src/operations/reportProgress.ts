import type { api, Deployment, Epc } from "@wisptools/core";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { deviceWrite } from "./deviceWrite.ts";
import { event } from "./event.ts";

/** A deploying box that says nothing for so long counts as offline, ms. */
const SILENCE_MS = 15 * 60_000;
const STEPS_KEPT = 40;

/** One step's word from a running deployment script; the UI's progress bar is this document. */
export async function reportProgress(deps: Deps, caller: DeviceCaller, input: api.Progress): Promise<void> {
  await deviceWrite(deps, caller, async (epc, write) => {
    const now = deps.now();
    const deployment = advanced(epc.deployment, input, now);
    const starts = deployment.startedAt === now;
    if (starts || input.state !== "running") {
      event(deps, write, epc, {
        type: "deployment",
        id: `${input.script_version}-${input.state}`,
        severity: input.state === "failed" ? "error" : "info",
        message: words(input, starts),
        data: { scriptVersion: input.script_version, step: input.step },
      });
    }
    return { changes: { ...stateOf(epc, input, now), deployment, lastSeenAt: now, updatedAt: now }, value: undefined };
  });
}

/** The run with this report in it; a report of another version, or after an end, begins a new run. */
function advanced(known: Deployment | undefined, input: api.Progress, now: Date): Deployment {
  const same = known?.scriptVersion === input.script_version && known.state === "running";
  const steps = same ? known.steps.filter((step) => step.name !== input.step) : [];
  return {
    scriptVersion: input.script_version,
    state: input.state,
    percent: input.percent,
    step: input.step,
    message: input.message,
    startedAt: same ? known.startedAt : now,
    updatedAt: now,
    steps: [...steps, { name: input.step, state: input.step_state, message: input.message, at: now }].slice(
      -STEPS_KEPT,
    ),
  };
}

function stateOf(epc: Epc, input: api.Progress, now: Date): Partial<Epc> {
  if (epc.state === "retired") return {};
  const changes: Partial<Epc> = {};
  // Only the first deployment shows as one: a box in service stays online while it re-runs what changed.
  const first = epc.deployedScriptVersion === 0;
  if (input.state === "running" && first) {
    changes.state = "deploying";
    changes.offlineAt = new Date(now.getTime() + SILENCE_MS);
  }
  if (input.state === "succeeded") changes.deployedScriptVersion = input.script_version;
  if (changes.state && changes.state !== epc.state) changes.stateSince = now;
  return changes;
}

function words(input: api.Progress, starts: boolean): string {
  if (input.state === "succeeded") return `Deployment of script version ${input.script_version} succeeded`;
  if (input.state === "failed")
    return `Deployment of script version ${input.script_version} failed at ${input.step}: ${input.message}`;
  return starts ? `Deployment of script version ${input.script_version} started` : input.message;
}
