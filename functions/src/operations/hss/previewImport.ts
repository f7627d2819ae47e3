import type { api } from "@wisptools/core";
import type { z } from "zod";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { checkDefaults, type ImportPart, readRows } from "./importedRow.ts";
import { type Judged, judgeRows } from "./judgeRows.ts";
import { TenantCatalogue } from "./tenantCatalogue.ts";
import { withTenantKey } from "./tenantKey.ts";

/** Rows read for together. */
const BATCH = 300;

type Rows = z.infer<typeof api.previewImport.reply>["rows"];

/** What each row would do; a second row of one IMSI is an error. Writes nothing. */
export async function previewImport(deps: Deps, caller: MemberCaller, part: ImportPart): Promise<Rows> {
  const rows = await readRows(deps, caller, part);
  const tenant = (await deps.store.tenants.need("tenant", caller.tenantId)).data;
  const catalogue = new TenantCatalogue(deps, caller.tenantId);
  await checkDefaults(catalogue, part);
  const judged = await withTenantKey(deps, caller.tenantId, async (kek) => {
    const all: Judged[] = [];
    for (let at = 0; at < rows.length; at += BATCH) {
      all.push(...(await judgeRows({ deps, caller, tenant, catalogue, kek }, rows.slice(at, at + BATCH), part)));
    }
    return all;
  });
  const first = new Map<string, number>();
  return judged.map((one, index) => {
    const row = index + 1;
    const { imsi } = one;
    if (one.effect === "error")
      return { row, imsi, effect: one.effect, faults: one.faults.map((f) => ({ row, ...f })) };
    const earlier = first.get(imsi);
    first.set(imsi, earlier ?? row);
    if (earlier === undefined) return { row, imsi, effect: one.effect, faults: [] };
    return { row, imsi, effect: "error" as const, faults: [{ row, ...twice(earlier) }] };
  });
}

/** The fault of a second row of one IMSI. */
export function twice(row: number): { field: string; message: string } {
  return { field: "imsi", message: `row ${row} has this IMSI already` };
}
