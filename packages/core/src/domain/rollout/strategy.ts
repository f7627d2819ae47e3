import { z } from "zod";
import { PackageName, PackageVersion } from "../apt/ids.ts";
import { EpcId } from "../ids.ts";

/** Which EPCs a rollout is for: those that fit every filter that is present, and follow its channel. Retired ones never. */
export const RolloutTarget = z.strictObject({
  epcIds: z.array(EpcId).min(1).max(500).optional(),
  /** Any of these tags. */
  tags: z.array(z.string().min(1).max(32)).min(1).max(20).optional(),
  /** Any of these site names. */
  sites: z.array(z.string().min(1).max(50)).min(1).max(100).optional(),
  /** Has any of these versions of the package installed. */
  installed: z.strictObject({ name: PackageName, versions: z.array(PackageVersion).min(1).max(20) }).optional(),
});
export type RolloutTarget = z.infer<typeof RolloutTarget>;

/** A share of the devices that begins when the one before it has succeeded. */
export const RolloutGroup = z.strictObject({
  /** Of all devices of the rollout, up to and including this group: 5, 25, 100. */
  upToPercent: z.int().min(1).max(100),
  /** Of its devices that must be committed before the next group may begin. */
  successPercent: z.int().min(1).max(100),
  /** Minutes to wait after that. */
  soakMinutes: z.int().min(0).max(10_080),
  /** The next group waits for a person besides. */
  approval: z.boolean(),
});
export type RolloutGroup = z.infer<typeof RolloutGroup>;

/** Devices begin only in this time, by the clock of their site. An end before the start is on the next day. */
export const MaintenanceWindow = z.strictObject({
  /** 0 is Sunday: the days on which the window begins. */
  days: z.array(z.int().min(0).max(6)).min(1).max(7),
  start: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be HH:MM"),
  end: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be HH:MM"),
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

/** An IANA time zone name that this runtime knows. */
export const TimeZone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
    } catch {
      return false;
    }
  }, "must be an IANA time zone such as Europe/Vienna");

export const RolloutStrategy = z.strictObject({
  groups: z
    .array(RolloutGroup)
    .min(1)
    .max(10)
    .refine(
      (groups) =>
        groups.at(-1)?.upToPercent === 100 &&
        groups.every((group, n) => n === 0 || group.upToPercent > (groups[n - 1]?.upToPercent ?? 0)),
      "upToPercent must rise from group to group and end at 100",
    ),
  /** Stops everything once this share of a group's devices, in percent, failed or rolled back... */
  failurePercent: z.int().min(1).max(100),
  /** ...or this many devices in all. */
  failureCount: z.int().min(1).max(10_000),
  /** What stopping means: no device begins any more; rollback besides takes committed ones back. */
  onFailure: z.enum(["pause", "rollback"]),
  window: MaintenanceWindow.optional(),
  /** Devices under way at the same time. */
  maxConcurrent: z.int().min(1).max(1000),
  /** How long a device's services must stay well before it commits. */
  healthSeconds: z.int().min(5).max(3600),
  /** A device that cannot report within this time after installing goes back by itself. */
  reportSeconds: z.int().min(30).max(86_400),
});
export type RolloutStrategy = z.infer<typeof RolloutStrategy>;

/** What a rollout begins with when nobody chose: a few, a quarter, the rest. */
export const DEFAULT_STRATEGY: RolloutStrategy = {
  groups: [
    { upToPercent: 5, successPercent: 100, soakMinutes: 60, approval: true },
    { upToPercent: 25, successPercent: 95, soakMinutes: 60, approval: false },
    { upToPercent: 100, successPercent: 95, soakMinutes: 0, approval: false },
  ],
  failurePercent: 10,
  failureCount: 20,
  onFailure: "pause",
  maxConcurrent: 50,
  healthSeconds: 120,
  reportSeconds: 900,
};
