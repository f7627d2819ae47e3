import { AppError, type ImportRow, initialSqnOffset, type RowFault, type SubscriberImport } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { enter, type Origin, type SubscriberDesk } from "./createSubscriber.ts";
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
/** Tries of a row that others change at the same time. */
const ATTEMPTS = 10;
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
      const row = first + start + index + 1;
      const earlier = one.effect === "error" ? undefined : seen.get(one.imsi);
      if (one.effect !== "error" && earlier === undefined) seen.set(one.imsi, row);
      if (earlier !== undefined) return async () => failed(row, [twice(earlier)]);
      return () => untilApplied(desk, { importId, row }, batch[index] as ImportRow, one, part);
    });
    for (let at = 0; at < queue.length; at += PARALLEL) {
      outcomes.push(...(await Promise.all(queue.slice(at, at + PARALLEL).map((run) => run()))));
    }
  }
  return outcomes;
}

function failed(row: number, faults: readonly RowFault[]): Outcome {
  return { effect: "failed", faults: faults.map((fault) => ({ row, ...fault })) };
}

/** What was judged may have changed by the time it is written, by a registration or by the same part sent twice: then it is judged again. */
async function untilApplied(
  desk: SubscriberDesk,
  origin: Origin,
  row: ImportRow,
  first: Judged,
  part: ImportPart,
): Promise<Outcome> {
  let judged: Judged | undefined = first;
  for (let attempt = 1; judged; attempt++) {
    try {
      return await apply(desk, origin, judged);
    } catch (error) {
      const raced = error instanceof AppError && (error.code === "aborted" || error.code === "already-exists");
      if (!raced || attempt === ATTEMPTS) return failed(origin.row, [faultOf(error, part.format)]);
    }
    [judged] = await judgeRows(desk, [row], part);
  }
  throw new Error("a row was judged to nothing");
}

async function apply(desk: SubscriberDesk, origin: Origin, judged: Judged): Promise<Outcome> {
  if (judged.effect === "error") return failed(origin.row, judged.faults);
  if (judged.effect === "create") {
    const { imsi, sqn } = judged.row;
    await enter(desk, imsi, judged.input, initialSqnOffset(sqn, desk.deps.now()), origin);
    return { effect: "created", faults: [] };
  }
  const { imported } = judged.stored.data;
  if (imported?.id === origin.importId) {
    const isThis = imported.row === origin.row;
    return isThis ? { effect: imported.effect, faults: [] } : failed(origin.row, [twice(imported.row)]);
  }
  if (judged.effect === "unchanged") return { effect: "unchanged", faults: [] };
  await alter(desk, judged.stored, judged.input, desk.kek, origin);
  return { effect: "updated", faults: [] };
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
