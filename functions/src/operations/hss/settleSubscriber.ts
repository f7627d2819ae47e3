import { type ApnProfile, AppError, keyFault, SubscriberSettings } from "@wisptools/core";
import type { SubscriberInput } from "./subscriberInput.ts";
import type { TenantCatalogue } from "./tenantCatalogue.ts";
import { DEFAULT_APN, DEFAULT_PLAN } from "./tenantDefaults.ts";

const NEW: Pick<SubscriberSettings, "label" | "status" | "staticAddresses" | "algorithm" | "amf"> = {
  label: "",
  status: "active",
  staticAddresses: {},
  algorithm: "milenage",
  amf: "8000",
};
/** What decides how a subscriber is served. */
const SERVICE = ["planId", "groupId", "apnIds", "staticAddresses"] as const;

/**
 * A subscriber's settings after a request, checked against what the tenant has; `before` absent: a new one, which gets the tenant's default
 * plan and APN where neither it nor its group has any. Throws `invalid-argument` with the field, or `failed-precondition`.
 */
export async function settleSubscriber(
  catalogue: TenantCatalogue,
  before: SubscriberSettings | undefined,
  input: SubscriberInput,
): Promise<SubscriberSettings> {
  if (before?.status === "terminated") {
    throw new AppError("failed-precondition", "this subscriber is terminated for good; delete it to free its IMSI");
  }
  const next = merged(before ?? NEW, input);
  checkKeys(before, next, input);
  if (before && SERVICE.every((field) => input[field] === undefined)) return next;
  return checkService(catalogue, next, before === undefined);
}

function merged(before: Partial<SubscriberSettings>, { keys: _, ...input }: SubscriberInput): SubscriberSettings {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const both = { ...before, ...Object.fromEntries(given) };
  return SubscriberSettings.parse(Object.fromEntries(Object.entries(both).filter(([, value]) => value !== null)));
}

function checkKeys(before: SubscriberSettings | undefined, next: SubscriberSettings, { keys }: SubscriberInput): void {
  if (!keys) {
    if (!before) throw invalid("keys", "a new subscriber needs its keys");
    if (before.algorithm !== next.algorithm) throw invalid("keys", "another algorithm needs other keys");
    return;
  }
  const fault = keyFault(next.algorithm, keys);
  if (fault) throw invalid(`keys.${fault.field}`, fault.message);
}

/** Everything named is there, and amounts to a plan and at least one APN. */
async function checkService(
  catalogue: TenantCatalogue,
  next: SubscriberSettings,
  isNew: boolean,
): Promise<SubscriberSettings> {
  const group = next.groupId === undefined ? undefined : await catalogue.group(next.groupId);
  if (next.groupId !== undefined && !group) throw invalid("group_id", `there is no group ${next.groupId}`);
  if (next.planId !== undefined && !(await catalogue.plan(next.planId))) {
    throw invalid("plan_id", `there is no plan ${next.planId}`);
  }
  const own = next.apnIds && (await apnsNamed(catalogue, next.apnIds));
  const settled = { ...next };
  if (!(next.planId ?? group?.planId)) {
    if (!isNew || !(await catalogue.plan(DEFAULT_PLAN)))
      throw invalid("plan_id", "neither it nor its group has a plan");
    settled.planId = DEFAULT_PLAN;
  }
  let served = own ?? (await groupApns(catalogue, group?.apnIds ?? []));
  if (served.length === 0) {
    const apn = isNew ? await catalogue.apn(DEFAULT_APN) : undefined;
    if (!apn) throw invalid("apn_ids", "neither it nor its group has an APN");
    settled.apnIds = [DEFAULT_APN];
    served = [apn];
  }
  checkStaticAddresses(settled, served);
  return settled;
}

/** The APN profiles of a list that a request names: each there, and no two of the same APN, which an MME could not tell apart. */
export async function apnsNamed(
  catalogue: TenantCatalogue,
  ids: readonly string[],
  field = "apn_ids",
): Promise<ApnProfile[]> {
  const found: ApnProfile[] = [];
  for (const id of ids) {
    const apn = await catalogue.apn(id);
    if (!apn) throw invalid(field, `there is no APN profile ${id}`);
    const twin = found.find((other) => other.apn.toLowerCase() === apn.apn.toLowerCase());
    if (twin) {
      throw invalid(field, twin.id === id ? `${id} is there twice` : `${twin.id} and ${id} are both ${apn.apn}`);
    }
    found.push(apn);
  }
  return found;
}

async function groupApns(catalogue: TenantCatalogue, ids: readonly string[]): Promise<ApnProfile[]> {
  const found = await Promise.all(ids.map((id) => catalogue.apn(id)));
  return found.filter((apn) => apn !== undefined);
}

function checkStaticAddresses({ staticAddresses }: SubscriberSettings, served: readonly ApnProfile[]): void {
  for (const [id, address] of Object.entries(staticAddresses)) {
    const apn = served.find((one) => one.id === id);
    const field = `static_addresses.${id}`;
    if (!apn) throw invalid(field, `the subscriber does not have the APN profile ${id}`);
    if (apn.pdnType === "ipv6") throw invalid(field, `${id} has no IPv4 addresses`);
    const first = Number(address.split(".")[0]);
    if (first === 0 || first === 127 || first >= 224) throw invalid(field, `${address} cannot be a device's address`);
  }
}

function invalid(field: string, message: string): AppError {
  return new AppError("invalid-argument", `${field}: ${message}`, { field });
}
