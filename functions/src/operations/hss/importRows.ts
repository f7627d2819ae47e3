import { AppError, type ImportRow, initialSqnOffset, type SubscriberImport } from "@wisptools/core";
import { type Stored, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { enter, type SubscriberDesk } from "./createSubscriber.ts";
import { checkDefaults, faultOf, type ImportPart, readRows } from "./importedRow.ts";
import { type Judged, judgeRows } from "./judgeRows.ts";
import { twice } from "./previewImport.ts";
import { TenantCatalogue } from "./tenantCatalogue.ts";
import { withTenantKey } from "./tenantKey.ts";
import { alter } from "./updateSubscriber.ts";

/** Rows read for together, and rows written at once. */
const BATCH = 100;
const PARALLEL = 25;
/** After this long, ms, the rest is left to the next request. */
const TIME_LIMIT_MS = 40_000;
const ERRORS_KEPT = 100;

type Counted = Pick<SubscriberImport, "created" | "updated" | "unchanged" | "failed">;
type Outcome = { effect: keyof Counted; faults: SubscriberImport["errors"] };

/** Applies a part of a file. Rows done before are passed over; the import's record moves on once at the end. */
export async function importRows(
  deps: Deps,
  caller: MemberCaller,
  importId: string,
  part: ImportPart & { offset: number },
): Promise<SubscriberImport> {
  const stored = await deps.store.subscriberImports.need("import", caller.tenantId, importId);
  const { next, total, state } = stored.data;
  const rows = await readRows(deps, caller, part);
  if (part.offset + rows.length > total) {
    throw new AppError("invalid-argument", `text: goes beyond the ${total} rows of the import`, { field: "text" });
  }
  if (part.offset > next) {
    throw new AppError("failed-precondition", `offset: rows from ${next} come first`, {
      field: "offset",
      reason: "import_out_of_order",
    });
  }
  const todo = rows.slice(next - part.offset);
  if (state === "finished" || todo.length === 0) return stored.data;
  const tenant = (await deps.store.tenants.need("tenant", caller.tenantId)).data;
  const catalogue = new TenantCatalogue(deps, caller.tenantId);
  await checkDefaults(catalogue, part);
  const outcomes = await withTenantKey(deps, caller.tenantId, (kek) =>
    applyAll({ deps, caller, tenant, catalogue, kek }, importId, todo, next, part),
  );
  return record(deps, stored, outcomes);
}

async function applyAll(
  desk: SubscriberDesk,
  importId: string,
  rows: readonly ImportRow[],
  first: number,
  part: ImportPart,
): Promise<Outcome[]> {
  const began = performance.now();
  const seen = new Map<string, number>();
  const outcomes: Outcome[] = [];
  for (let start = 0; start < rows.length && performance.now() - began < TIME_LIMIT_MS; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    const judged = await judgeRows(desk, batch, part);
    const queue = judged.map((one, index) => {
      const number = first + start + index + 1;
      const earlier = one.effect === "error" ? undefined : seen.get(one.imsi);
      if (one.effect !== "error" && earlier === undefined) seen.set(one.imsi, number);
      return () => apply(desk, { importId, row: number }, one, earlier, part);
    });
    for (let at = 0; at < queue.length; at += PARALLEL) {
      outcomes.push(...(await Promise.all(queue.slice(at, at + PARALLEL).map((run) => run()))));
    }
  }
  return outcomes;
}

async function apply(
  desk: SubscriberDesk,
  origin: { importId: string; row: number },
  judged: Judged,
  earlier: number | undefined,
  part: ImportPart,
): Promise<Outcome> {
  const { row } = origin;
  const failed = (faults: { field: string; message: string }[]): Outcome => ({
    effect: "failed",
    faults: faults.map((fault) => ({ row, ...fault })),
  });
  if (judged.effect === "error") return failed(judged.faults);
  if (earlier !== undefined) return failed([twice(earlier)]);
  try {
    if (judged.effect === "create") {
      const { imsi, sqn } = judged.row;
      await enter(desk, imsi, judged.input, initialSqnOffset(sqn, desk.deps.now()), origin);
      return { effect: "created", faults: [] };
    }
    const { imported } = judged.stored.data;
    if (imported?.id === origin.importId) {
      return imported.row === row ? { effect: imported.effect, faults: [] } : failed([twice(imported.row)]);
    }
    if (judged.effect === "unchanged") return { effect: "unchanged", faults: [] };
    await changeRow(desk, origin, judged.stored, judged.input);
    return { effect: "updated", faults: [] };
  } catch (error) {
    return failed([faultOf(error, part.format)]);
  }
}

/** A registration may change the document between our reading and writing: the change is made on what is there then. */
async function changeRow(
  desk: SubscriberDesk,
  origin: { importId: string; row: number },
  read: Extract<Judged, { effect: "update" | "unchanged" }>["stored"],
  input: Parameters<typeof alter>[2],
): Promise<void> {
  await untilUncontended(async (attempt) => {
    const { tenantId, imsi } = read.data;
    const stored = attempt === 0 ? read : await desk.deps.store.subscribers.need("subscriber", tenantId, imsi);
    await alter(desk, stored, input, desk.kek, origin);
  });
}

/** Moves the import's record on. Whoever sent the same part at the same time and was first has counted it. */
async function record(deps: Deps, stored: Stored<SubscriberImport>, outcomes: Outcome[]): Promise<SubscriberImport> {
  const before = stored.data;
  const next = before.next + outcomes.length;
  const counted = {
    created: before.created,
    updated: before.updated,
    unchanged: before.unchanged,
    failed: before.failed,
  };
  for (const { effect } of outcomes) counted[effect]++;
  const changes = {
    ...counted,
    next,
    errors: [...before.errors, ...outcomes.flatMap(({ faults }) => faults)].slice(0, ERRORS_KEPT),
    state: next >= before.total ? ("finished" as const) : ("running" as const),
    updatedAt: deps.now(),
  };
  try {
    await deps.store.write().update(stored, changes).commit();
    return { ...before, ...changes };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "aborted") throw error;
    return (await deps.store.subscriberImports.need("import", before.tenantId, before.id)).data;
  }
}
