import type { Rollout } from "@wisptools/core/documents/rollout";
import type { Permission } from "@wisptools/core/domain/roles";
import { ACTS_IN, ROLLOUT_ACTIONS, type RolloutAction } from "@wisptools/core/domain/rollout/act";
import { number, plural } from "../../../ui/format.ts";
import { overall } from "./progress.ts";

interface ActionWords {
  label: string;
  permission: Permission;
  danger: boolean;
  done: string;
  consequence: (rollout: Rollout) => string;
}

const epcs = (count: number) => plural(count, "EPC");
const underWay = (rollout: Rollout) =>
  rollout.underWay > 0
    ? `${epcs(rollout.underWay)} under way ${rollout.underWay === 1 ? "goes" : "go"} on to ${rollout.underWay === 1 ? "its" : "their"} end.`
    : "No EPC is under way.";

function resumed(rollout: Rollout): string {
  const { failed, rolledBack, pending } = overall(rollout);
  const accepted =
    rollout.stoppedAt && failed + rolledBack > 0
      ? `The ${number(failed + rolledBack)} that failed or went back are accepted: only further ones count against the thresholds. `
      : "";
  return `${accepted}${epcs(pending)} still ${pending === 1 ? "waits" : "wait"} and may begin again, as the strategy allows.`;
}

/** What each act means for this very rollout. */
export const ACTIONS: Record<RolloutAction, ActionWords> = {
  pause: {
    label: "Pause",
    permission: "updates.rollout",
    danger: false,
    done: "paused",
    consequence: (rollout) => `No further EPC begins until somebody resumes it. ${underWay(rollout)}`,
  },
  resume: {
    label: "Resume",
    permission: "updates.rollout",
    danger: false,
    done: "resumed",
    consequence: resumed,
  },
  approve: {
    label: "Approve the next group",
    permission: "updates.approve",
    danger: false,
    done: "approved",
    consequence: (rollout) =>
      `Group ${rollout.group + 2} may begin: ${epcs(rollout.groupSizes[rollout.group + 1] ?? 0)}.`,
  },
  abort: {
    label: "Abort",
    permission: "updates.rollout",
    danger: true,
    done: "aborted",
    consequence: (rollout) => {
      const { committed, pending } = overall(rollout);
      return `It ends for good. ${epcs(pending)} never ${pending === 1 ? "begins" : "begin"}; ${number(committed)} that committed keep the update. ${underWay(rollout)}`;
    },
  },
  rollback: {
    label: "Roll back",
    permission: "updates.rollout",
    danger: true,
    done: "rolling back",
    consequence: (rollout) => {
      const { committed } = overall(rollout);
      return `No further EPC begins, and ${epcs(committed)} that committed ${committed === 1 ? "goes" : "go"} back to the versions from before, whatever the maintenance window says. Services restart on each.`;
    },
  },
};

/** What may be done with a rollout as it stands, by those who may. */
export function actionsFor(rollout: Pick<Rollout, "state">, may: (permission: Permission) => boolean): RolloutAction[] {
  return ROLLOUT_ACTIONS.filter((action) => ACTS_IN[action].includes(rollout.state) && may(ACTIONS[action].permission));
}
