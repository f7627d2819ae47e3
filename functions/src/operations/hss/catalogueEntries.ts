import {
  ApnSettings,
  AppError,
  type Group,
  GroupSettings,
  PlanSettings,
  planFault,
  type TenantId,
} from "@wisptools/core";
import { type Changes, type Documents, serverTime, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { TOMBSTONE_MS } from "./deleteSubscriber.ts";
import { checkRevision } from "./revision.ts";
import { apnsNamed } from "./settleSubscriber.ts";
import { TenantCatalogue } from "./tenantCatalogue.ts";

interface Entry {
  id: string;
  revision: number;
  deleted: boolean;
}
interface Kind<T extends Entry> {
  what: "plan" | "group" | "APN profile";
  documents: Documents<[TenantId, string], T>;
  /** What an operator sets, all of which a put replaces. */
  fields: readonly string[];
}

type Settings<S extends { _zod: { output: unknown } }> = S["_zod"]["output"] & { revision?: number | undefined };

export async function putPlan(deps: Deps, caller: MemberCaller, id: string, body: Settings<typeof PlanSettings>) {
  const { revision, ...settings } = body;
  const fault = planFault(settings);
  if (fault) throw new AppError("invalid-argument", `${fault.field}: ${fault.message}`, { field: fault.field });
  return put(deps, caller, plans(deps), id, settings, revision);
}

/** What a group names must be there. Taken from a group in use, its plan or APNs would cut its subscribers off. */
export async function putGroup(deps: Deps, caller: MemberCaller, id: string, body: Settings<typeof GroupSettings>) {
  const { revision, ...settings } = body;
  const catalogue = new TenantCatalogue(deps, caller.tenantId);
  if (settings.planId !== undefined && !(await catalogue.plan(settings.planId))) {
    throw new AppError("invalid-argument", `planId: there is no plan ${settings.planId}`, { field: "planId" });
  }
  if (settings.apnIds) await apnsNamed(catalogue, settings.apnIds, "apnIds");
  return put(deps, caller, groups(deps), id, settings, revision, (before) =>
    checkTaken(deps, caller, before, settings),
  );
}

export async function putApn(deps: Deps, caller: MemberCaller, id: string, body: Settings<typeof ApnSettings>) {
  const { revision, ...settings } = body;
  return put(deps, caller, apns(deps), id, settings, revision);
}

async function checkTaken(deps: Deps, caller: MemberCaller, before: Group, after: GroupSettings): Promise<void> {
  for (const field of ["planId", "apnIds"] as const) {
    if (before[field] === undefined || after[field] !== undefined) continue;
    const [user] = await deps.store.subscribers.using(caller.tenantId, "groupId", before.id);
    if (!user) continue;
    throw new AppError("failed-precondition", `${field}: subscriber ${user.data.imsi} may have it from this group`, {
      field,
    });
  }
}

const plans = ({ store }: Deps) => ({
  what: "plan" as const,
  documents: store.plans,
  fields: Object.keys(PlanSettings.shape),
});
const groups = ({ store }: Deps) => ({
  what: "group" as const,
  documents: store.groups,
  fields: Object.keys(GroupSettings.shape),
});
const apns = ({ store }: Deps) => ({
  what: "APN profile" as const,
  documents: store.apnProfiles,
  fields: Object.keys(ApnSettings.shape),
});

/** Creates, replaces, or makes anew what was deleted; the revision goes on from the tombstone's. */
async function put<T extends Entry>(
  deps: Deps,
  caller: MemberCaller,
  kind: Kind<T>,
  id: string,
  settings: object,
  expected: number | undefined,
  check?: (before: T) => Promise<void>,
): Promise<{ id: string; revision: number }> {
  return untilUncontended(async () => {
    const stored = await kind.documents.get(caller.tenantId, id);
    const living = stored && !stored.data.deleted ? stored : undefined;
    if (living && expected === undefined) {
      throw new AppError("already-exists", `id: there is a ${kind.what} ${id} already`, { field: "id" });
    }
    if (!living && expected !== undefined) throw new AppError("not-found", `${kind.what} not found`);
    if (living) {
      checkRevision(`this ${kind.what}`, living.data.revision, expected);
      await check?.(living.data);
    }
    const revision = (stored?.data.revision ?? 0) + 1;
    const write = deps.store.write();
    const kept = { revision, updatedAt: serverTime(), deleted: false };
    const fresh = { schemaVersion: 1, id, tenantId: caller.tenantId, createdAt: deps.now() };
    if (!stored) {
      write.create(kind.documents.path(caller.tenantId, id), { ...fresh, ...settings, ...kept });
    } else {
      const blank = Object.fromEntries(kind.fields.map((field) => [field, undefined]));
      const anew = living ? {} : { ...fresh, expireAt: undefined };
      write.update(stored, { ...blank, ...anew, ...settings, ...kept } as unknown as Changes<T>);
    }
    const verb = living ? "changed" : "created";
    audit(deps, write, caller.tenantId, caller, {
      action: `${wordOf(kind)}.put`,
      target: id,
      summary: `${verb} the ${kind.what} ${id} (revision ${revision})`,
    });
    await write.commit();
    return { id, revision };
  });
}

export async function deletePlan(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await bury(deps, caller, plans(deps), id, "planId");
}

export async function deleteGroup(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await bury(deps, caller, groups(deps), id, "groupId");
}

export async function deleteApn(deps: Deps, caller: MemberCaller, id: string): Promise<void> {
  await bury(deps, caller, apns(deps), id, "apnIds");
}

/** Leaves a tombstone for the daemons, which names nothing itself. */
async function bury<T extends Entry>(
  deps: Deps,
  caller: MemberCaller,
  kind: Kind<T>,
  id: string,
  field: "planId" | "groupId" | "apnIds",
): Promise<void> {
  await untilUncontended(async () => {
    const stored = await kind.documents.get(caller.tenantId, id);
    if (!stored || stored.data.deleted) throw new AppError("not-found", `${kind.what} not found`);
    await checkUnused(deps, caller, kind.what, field, id);
    const now = deps.now();
    const write = deps.store.write();
    const tombstone = {
      deleted: true,
      updatedAt: serverTime(),
      expireAt: new Date(now.getTime() + TOMBSTONE_MS),
      planId: undefined,
      apnIds: undefined,
    };
    write.update(stored, tombstone as unknown as Changes<T>);
    audit(deps, write, caller.tenantId, caller, {
      action: `${wordOf(kind)}.delete`,
      target: id,
      summary: `deleted the ${kind.what} ${id}`,
    });
    await write.commit();
  });
}

async function checkUnused(
  deps: Deps,
  { tenantId }: MemberCaller,
  what: string,
  field: "planId" | "groupId" | "apnIds",
  id: string,
): Promise<void> {
  const [group] = field === "groupId" ? [] : await deps.store.groups.using(tenantId, field, id);
  if (group) throw new AppError("failed-precondition", `group ${group.data.id} uses this ${what}`);
  const [subscriber] = await deps.store.subscribers.using(tenantId, field, id);
  if (subscriber) throw new AppError("failed-precondition", `subscriber ${subscriber.data.imsi} uses this ${what}`);
}

function wordOf(kind: { what: string }): string {
  return kind.what === "APN profile" ? "apn" : kind.what;
}
