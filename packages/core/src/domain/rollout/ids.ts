import { z } from "zod";
import { PackageName, PackageVersion } from "../apt/ids.ts";
import { Sha256 } from "../ids.ts";

export const RolloutId = z
  .string()
  .regex(/^ro_[0-9a-f]{16}$/, "must be ro_ and 16 hex digits")
  .brand<"RolloutId">();
export type RolloutId = z.infer<typeof RolloutId>;

/** One package at one exact version, by its content. */
export const ExactPackage = z.strictObject({
  name: PackageName,
  version: PackageVersion,
  sha256: Sha256,
  /** The same version's contents for other architectures: a device takes any of them, as apt gives it the one of its own. */
  otherSha256: z.array(Sha256).min(1).max(4).optional(),
});
export type ExactPackage = z.infer<typeof ExactPackage>;

/** Where a device stands in a rollout. The last three are ends. */
export const RolloutDeviceState = z.enum([
  "pending",
  "downloading",
  "downloaded",
  "installing",
  "health_check",
  "committed",
  "rolled_back",
  "failed",
]);
export type RolloutDeviceState = z.infer<typeof RolloutDeviceState>;

/**
 * preparing: its devices are being listed. running: groups start, go on and soak. awaiting_approval: the next group waits for a person.
 * paused: by a person, or by itself at the failure threshold (stateReason says). rolling_back: committed devices go back to what they had.
 * completed, aborted, rolled_back are ends.
 */
export const RolloutState = z.enum([
  "preparing",
  "running",
  "awaiting_approval",
  "paused",
  "rolling_back",
  "completed",
  "aborted",
  "rolled_back",
]);
export type RolloutState = z.infer<typeof RolloutState>;

export function isEnded(state: RolloutState): boolean {
  return state === "completed" || state === "aborted" || state === "rolled_back";
}
