import { pairKey, type ServerMap } from "@wisptools/core";

/** Since when maps have been seen on their way to ACTIVE. */
export class PendingMaps {
  private readonly since = new Map<string, number>();

  /** `now`: ms since 1970. */
  saw(maps: readonly ServerMap[], now: number): void {
    const pending = new Set(maps.filter(({ state }) => state !== "ACTIVE").map(pairKey));
    for (const key of this.since.keys()) if (!pending.has(key)) this.since.delete(key);
    for (const key of pending) if (!this.since.has(key)) this.since.set(key, now);
  }

  /** ms */
  ageOf(map: ServerMap, now: number): number {
    return now - (this.since.get(pairKey(map)) ?? now);
  }
}
