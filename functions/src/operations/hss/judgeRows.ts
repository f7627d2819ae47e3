import { timingSafeEqual } from "node:crypto";
import {
  AppError,
  type ImportedSubscriber,
  type ImportRow,
  type RowFault,
  type Subscriber,
  type SubscriberKeyInput,
} from "@wisptools/core";
import { openSubscriberKeys, type Stored } from "@wisptools/store";
import { checkPlmn, type SubscriberDesk, taken } from "./createSubscriber.ts";
import { faultOf, type ImportPart, inputOfRow } from "./importedRow.ts";
import { settleSubscriber } from "./settleSubscriber.ts";
import type { SubscriberInput } from "./subscriberInput.ts";
import { settingsOf } from "./updateSubscriber.ts";
import { changedFields } from "./writeSubscriber.ts";

/** What a row would do; `stored` is the subscriber that is there. */
export type Judged = { imsi: string } & (
  | { effect: "error"; faults: RowFault[] }
  | { effect: "create"; row: ImportedSubscriber; input: SubscriberInput }
  | { effect: "update" | "unchanged"; stored: Stored<Subscriber>; input: SubscriberInput }
);

/** Judges rows by what is there, reading all they need in a few calls: one document for a new subscriber, three for a known one. */
export async function judgeRows(desk: SubscriberDesk, rows: readonly ImportRow[], part: ImportPart): Promise<Judged[]> {
  const { deps, caller } = desk;
  const { tenantId } = caller;
  const imsis = [...new Set(rows.flatMap((row) => ("subscriber" in row ? [row.subscriber.imsi] : [])))];
  const holders = await deps.store.imsis.getAll(imsis.map((imsi) => [imsi]));
  const ours = imsis.filter((_, index) => holders[index]?.data.tenantId === tenantId);
  const foreign = new Set(imsis.filter((_, index) => holders[index] && holders[index].data.tenantId !== tenantId));
  const [known, profiles] = await Promise.all([
    deps.store.subscribers.getAll(ours.map((imsi) => [tenantId, imsi])),
    deps.store.hssProfiles.getAll(ours.map((imsi) => [tenantId, imsi])),
  ]);
  const place = new Map(ours.map((imsi, index) => [imsi, index]));
  const judged: Judged[] = [];
  for (const row of rows) {
    if ("faults" in row) {
      judged.push({ imsi: row.imsi, effect: "error", faults: row.faults });
      continue;
    }
    const index = place.get(row.subscriber.imsi) ?? -1;
    try {
      if (foreign.has(row.subscriber.imsi)) throw taken(false);
      judged.push(await judge(desk, row.subscriber, known[index], profiles[index]?.data.keys, part));
    } catch (error) {
      judged.push({ imsi: row.imsi, effect: "error", faults: [faultOf(error, part.format)] });
    }
  }
  return judged;
}

async function judge(
  desk: SubscriberDesk,
  row: ImportedSubscriber,
  stored: Stored<Subscriber> | undefined,
  sealed: string | undefined,
  part: ImportPart,
): Promise<Judged> {
  const { catalogue, tenant, kek } = desk;
  const { imsi } = row;
  const input = await inputOfRow(catalogue, row, stored?.data, part);
  if (!stored) {
    checkPlmn(tenant, imsi);
    if (input.status === "terminated") throw invalid("status", "a new subscriber cannot be terminated");
    await settleSubscriber(catalogue, undefined, input);
    return { imsi, effect: "create", row, input };
  }
  const before = settingsOf(stored.data);
  const after = await settleSubscriber(catalogue, before, input);
  if (input.keys && sealed && sameKeys(kek, tenant.id, imsi, sealed, input.keys)) delete input.keys;
  const changes = input.keys !== undefined || changedFields(before, after).length > 0;
  return { imsi, effect: changes ? "update" : "unchanged", stored, input };
}

/** Whether keys are those that are there; both are open for this comparison alone. */
function sameKeys(kek: Buffer, tenantId: string, imsi: string, sealed: string, keys: SubscriberKeyInput): boolean {
  const opened = openSubscriberKeys(kek, tenantId, imsi, Buffer.from(sealed, "base64"));
  const k = Buffer.from(keys.k, "hex");
  const operator = Buffer.from(keys[opened.kind] ?? "", "hex");
  const same = equal(opened.k, k) && equal(opened.operator, operator);
  for (const secret of [opened.k, opened.operator, k, operator]) secret.fill(0);
  return same;
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(field: string, message: string): AppError {
  return new AppError("invalid-argument", `${field}: ${message}`, { field });
}
