import type { EirEntry, EquipmentList } from "@wisptools/core";
import type { Mirrored } from "./environment.ts";
import type { Table } from "./table.ts";

interface TacRange {
  from: string;
  to: string;
  list: EquipmentList;
}

/** The tenants' lists of equipment. Single devices are looked up where they lie; TAC ranges are kept by tenant, the narrowest first. */
export class Equipment {
  private readonly table: Table<Mirrored<string>>;
  private readonly ranges = new Map<string, TacRange[]>();

  constructor(table: Table<Mirrored<string>>) {
    this.table = table;
  }

  /** The first 14 digits decide, as the 15th is a check digit that networks send as 0 (3GPP TS 23.003 6.2.1). */
  find(tenantId: string, imei: string): EquipmentList | undefined {
    const device = this.table.get(`${tenantId}/imei/${imei.slice(0, 14)}`);
    if (device) return device.value as EquipmentList;
    const tac = imei.slice(0, 8);
    return this.rangesOf(tenantId).find(({ from, to }) => from <= tac && tac <= to)?.list;
  }

  put(tenantId: string, subject: EirEntry["subject"], list: EquipmentList, at: number): void {
    const key = equipmentKey(tenantId, subject);
    const known = this.table.get(key);
    if (known && known.at >= at) return;
    this.ranges.delete(tenantId);
    void this.table.put(key, { at, value: list });
  }

  remove(key: string): void {
    this.ranges.delete(key.slice(0, key.indexOf("/")));
    void this.table.remove(key);
  }

  private rangesOf(tenantId: string): TacRange[] {
    const known = this.ranges.get(tenantId);
    if (known) return known;
    const prefix = `${tenantId}/tac/`;
    const ranges: TacRange[] = [];
    for (const key of this.table.keys(prefix)) {
      const [from = "", to = ""] = key.slice(prefix.length).split("-");
      ranges.push({ from, to, list: this.table.get(key)?.value as EquipmentList });
    }
    ranges.sort((a, b) => Number(a.to) - Number(a.from) - (Number(b.to) - Number(b.from)));
    this.ranges.set(tenantId, ranges);
    return ranges;
  }
}

export function equipmentKey(tenantId: string, subject: EirEntry["subject"]): string {
  return subject.kind === "imei"
    ? `${tenantId}/imei/${subject.imei.slice(0, 14)}`
    : `${tenantId}/tac/${subject.from}-${subject.to}`;
}
