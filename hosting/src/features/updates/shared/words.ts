import type { Alert } from "@wisptools/core/documents/alert";
import type { Publication } from "@wisptools/core/documents/repository";
import type { RolloutDeviceState, RolloutState } from "@wisptools/core/domain/rollout/ids";
import type { Look } from "../../subscribers/shared/words.ts";

export const ROLLOUT_LOOK: Record<RolloutState, Look> = {
  preparing: { word: "Preparing", mark: "pending", meaning: "Its EPCs are being listed." },
  running: { word: "Running", mark: "deploying", progress: 40, meaning: "Groups start, go on and wait as planned." },
  awaiting_approval: { word: "Waits for approval", mark: "pending", meaning: "The next group waits for a person." },
  paused: { word: "Paused", mark: "degraded", meaning: "No EPC begins any more until somebody resumes it." },
  rolling_back: {
    word: "Rolling back",
    mark: "degraded",
    meaning: "EPCs that had committed go back to what they had.",
  },
  completed: { word: "Completed", mark: "online", meaning: "Every EPC came to its end." },
  aborted: { word: "Aborted", mark: "retired", meaning: "Ended by a person. EPCs that had committed keep the update." },
  rolled_back: { word: "Rolled back", mark: "offline", meaning: "EPCs that had committed are back at what they had." },
};

export const DEVICE_LOOK: Record<RolloutDeviceState, Look> = {
  pending: { word: "Pending", mark: "pending", meaning: "Not told to begin yet." },
  downloading: { word: "Downloading", mark: "deploying", progress: 12, meaning: "Told to update, and fetching." },
  downloaded: { word: "Downloaded", mark: "deploying", progress: 35, meaning: "Everything is on the box." },
  installing: { word: "Installing", mark: "deploying", progress: 60, meaning: "apt is at work." },
  health_check: {
    word: "Health check",
    mark: "deploying",
    progress: 85,
    meaning: "Installed; its services must stay well for a while.",
  },
  committed: { word: "Committed", mark: "online", meaning: "Installed, healthy and kept." },
  rolled_back: { word: "Rolled back", mark: "degraded", meaning: "Back at the versions it had before." },
  failed: { word: "Failed", mark: "offline", meaning: "Did not get there; see its message." },
};

/** The order in which people want to see devices: trouble, then what moves, then what waits, then what is done. */
export const DEVICE_ORDER: readonly RolloutDeviceState[] = [
  "failed",
  "rolled_back",
  "health_check",
  "installing",
  "downloaded",
  "downloading",
  "pending",
  "committed",
];

export const ACTION_WORDS: Record<Publication["action"], string> = {
  publish: "Published",
  promote: "Promoted",
  rollback: "Rolled back",
  resign: "Signed again",
};

/** Alerts about updates; others are shown by the sections they are about. */
export const ALERT_WORDS: Partial<Record<Alert["kind"], string>> = {
  "repository-expiry": "Repository",
  "repository-key-expiry": "Repository key",
  "rollout-stopped": "Rollout",
};

const DAY_MS = 86_400_000;

/** How the end of a validity stands: past, near, or far. */
export function expiryLook(at: Date, now: number, nearDays: number): Look {
  const left = at.getTime() - now;
  if (left <= 0) return { word: "Expired", mark: "offline", meaning: "apt refuses it." };
  if (left <= nearDays * DAY_MS) return { word: "Expires soon", mark: "degraded", meaning: "Look into it now." };
  return { word: "Valid", mark: "online", meaning: "Nothing to do." };
}
