import {
  AppError,
  csvRows,
  documentRows,
  type ImportedSubscriber,
  type ImportFormat,
  type ImportRow,
  openFiveGsRow,
  type RowFault,
  type Subscriber,
} from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import type { SubscriberInput } from "./subscriberInput.ts";
import type { TenantCatalogue } from "./tenantCatalogue.ts";
import { DEFAULT_APN } from "./tenantDefaults.ts";

/** A part of an import file, and what its request says for rows that do not. */
export interface ImportPart {
  format: ImportFormat;
  text: string;
  plan_id?: string | undefined;
  group_id?: string | undefined;
}

/** The rows of a part. Plans and APNs are read only for Open5GS documents, which say what they have instead of naming them. */
export async function readRows(deps: Deps, caller: MemberCaller, part: ImportPart): Promise<ImportRow[]> {
  if (part.format === "csv") return csvRows(part.text);
  const rows = documentRows(part.text);
  const [plans, apns] = await Promise.all([
    deps.store.plans.all(caller.tenantId),
    deps.store.apnProfiles.all(caller.tenantId),
  ]);
  const offer = { plans, apns, planId: part.plan_id };
  return rows.map((row) =>
    "fault" in row ? { imsi: "", faults: [{ field: "", message: row.fault }] } : openFiveGsRow(row.document, offer),
  );
}

/** The defaults of a request must be there even if no row needs them. */
export async function checkDefaults(catalogue: TenantCatalogue, { plan_id, group_id }: ImportPart): Promise<void> {
  const absent = (field: string, id: string) =>
    new AppError("invalid-argument", `${field}: there is no ${field.slice(0, -3)} ${id}`, { field });
  if (plan_id !== undefined && !(await catalogue.plan(plan_id))) throw absent("plan_id", plan_id);
  if (group_id !== undefined && !(await catalogue.group(group_id))) throw absent("group_id", group_id);
}

/** What a row says, as a request would say it of a new or a known subscriber. */
export async function inputOfRow(
  catalogue: TenantCatalogue,
  row: ImportedSubscriber,
  known: Subscriber | undefined,
  part: ImportPart,
): Promise<SubscriberInput> {
  const { imsi: _, sqn: __, staticAddress, ...settings } = row;
  const input: SubscriberInput = settings;
  if (!known) {
    if (input.planId === undefined && input.groupId === undefined) input.planId = part.plan_id;
    input.groupId ??= part.group_id;
  }
  if (staticAddress !== undefined) {
    input.staticAddresses = { [await firstApn(catalogue, input, known)]: staticAddress };
  }
  return input;
}

async function firstApn(
  catalogue: TenantCatalogue,
  input: SubscriberInput,
  known: Subscriber | undefined,
): Promise<string> {
  const own = input.apnIds ?? known?.apnIds;
  const groupId = input.groupId ?? known?.groupId;
  const group = own || groupId === undefined || groupId === null ? undefined : await catalogue.group(groupId);
  return own?.[0] ?? group?.apnIds?.[0] ?? DEFAULT_APN;
}

const COLUMN: Record<string, string> = {
  plan_id: "plan",
  group_id: "group",
  apn_ids: "apns",
  static_addresses: "static_ip",
};

/** A refusal of one row, in the words of its format; any other error is none of the row's. */
export function faultOf(error: unknown, format: ImportFormat): RowFault {
  if (!(error instanceof AppError)) throw error;
  const { field = "", message } = error;
  const words = field && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
  if (format !== "csv") return { field, message: words };
  const [head = "", inner] = field.split(".");
  return { field: head === "keys" ? (inner ?? "k") : (COLUMN[head] ?? head), message: words };
}
