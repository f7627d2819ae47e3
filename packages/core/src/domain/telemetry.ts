import { z } from "zod";

/** The Open5GS daemons of an EPC, and what runs beside them. */
export const COMPONENTS = ["mme", "sgwc", "sgwu", "smf", "upf", "pcrf"] as const;
export const ComponentName = z.enum(COMPONENTS);
export type ComponentName = z.infer<typeof ComponentName>;

export const ComponentStatus = z.object({
  state: z.enum(["running", "stopped", "error"]),
  restarts: z.int().min(0).default(0),
});
export type ComponentStatus = z.infer<typeof ComponentStatus>;

/** Figures of one report as charts keep them. cpu, memory, disk, uePool: %; down, up: bit/s over the interval; uptime: s. Absent = not measured. */
export const Sample = z.object({
  at: z.number(),
  cpu: z.number().optional(),
  memory: z.number().optional(),
  disk: z.number().optional(),
  load1: z.number().optional(),
  down: z.number().optional(),
  up: z.number().optional(),
  sessions: z.number().optional(),
  connected: z.number().optional(),
  enbs: z.number().optional(),
  uePool: z.number().optional(),
  uptime: z.number().optional(),
});
export type Sample = z.infer<typeof Sample>;
/** The figures a chart can show. */
export type Figure = Exclude<keyof Sample, "at">;

/** `yyyymmddhh` in UTC: the id of the hour bucket that holds a moment (ms since the epoch). */
export function hourId(at: number): string {
  return new Date(at).toISOString().slice(0, 13).replace(/[-T]/g, "");
}

/** The start of an hour bucket, ms since the epoch. */
export function hourStart(id: string): number {
  return Date.UTC(+id.slice(0, 4), +id.slice(4, 6) - 1, +id.slice(6, 8), +id.slice(8, 10));
}

/** Samples by bucket, each under its second of the hour, so that writing one twice changes nothing. */
export function byHour<S extends { at: number }>(samples: readonly S[]): Map<string, Record<string, S>> {
  const hours = new Map<string, Record<string, S>>();
  for (const sample of samples) {
    const id = hourId(sample.at);
    const bucket = hours.get(id) ?? {};
    bucket[String(Math.floor((sample.at - hourStart(id)) / 1000))] = sample;
    hours.set(id, bucket);
  }
  return hours;
}

/** Hour ids from `from` to `to` (ms), oldest first: what a chart of that range reads. */
export function hoursBetween(from: number, to: number): string[] {
  const ids: string[] = [];
  for (let at = hourStart(hourId(from)); at <= to; at += 3_600_000) ids.push(hourId(at));
  return ids;
}
