import type { Environment } from "./environment.ts";

/** How often the same device of a subscriber is worth a report. */
const REPEAT_MS = 3_600_000;

/** Remembers the device that each subscriber showed last. */
export class EquipmentSeen {
  private readonly table: Environment["lastEquipment"];

  constructor({ lastEquipment }: Pick<Environment, "lastEquipment">) {
    this.table = lastEquipment;
  }

  /** `changedFrom`: the IMEI before, when it was another. `report`: false when the same was seen within the hour. */
  seen(
    imsi: string,
    imei: string,
    softwareVersion: string | undefined,
    now: number,
  ): { changedFrom: string | undefined; report: boolean } {
    const last = this.table.get(imsi);
    const same = last !== undefined && last[0].slice(0, 14) === imei.slice(0, 14);
    if (same && last[1] === softwareVersion && now - last[2] < REPEAT_MS)
      return { changedFrom: undefined, report: false };
    void this.table.put(imsi, [imei, softwareVersion, now]);
    return { changedFrom: same ? undefined : last?.[0], report: true };
  }

  /** What another daemon saw. */
  learn(imsi: string, imei: string, softwareVersion: string | undefined, at: number): void {
    const last = this.table.get(imsi);
    if (!last || last[2] < at) void this.table.put(imsi, [imei, softwareVersion, at]);
  }
}
