import { AppError, type Imsi, isOfPlmn, plmnText, type Subscriber, type Tenant } from "@wisptools/core";
import { sealSubscriberKeys } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { settleSubscriber } from "./settleSubscriber.ts";
import type { SubscriberInput } from "./subscriberInput.ts";
import { TenantCatalogue } from "./tenantCatalogue.ts";
import { withTenantKey } from "./tenantKey.ts";
import { addSubscriber } from "./writeSubscriber.ts";

/** What adding or changing subscribers of one tenant needs, gathered once per request. */
export interface SubscriberDesk {
  deps: Deps;
  caller: MemberCaller;
  tenant: Tenant;
  catalogue: TenantCatalogue;
  kek: Buffer;
}

/** Where in a bulk import a subscriber comes from. */
export interface Origin {
  importId: string;
  row: number;
}

/** A new subscriber. `already-exists` names `imsi`, not the tenant that holds it. */
export async function createSubscriber(
  deps: Deps,
  caller: MemberCaller,
  imsi: Imsi,
  input: SubscriberInput,
): Promise<Subscriber> {
  const tenant = (await deps.store.tenants.need("tenant", caller.tenantId)).data;
  checkPlmn(tenant, imsi);
  const catalogue = new TenantCatalogue(deps, caller.tenantId);
  return withTenantKey(deps, caller.tenantId, (kek) => enter({ deps, caller, tenant, catalogue, kek }, imsi, input, 0));
}

/** Writes a new subscriber whole or not at all. */
export async function enter(
  desk: SubscriberDesk,
  imsi: Imsi,
  input: SubscriberInput,
  sqnOffset: number,
  origin?: Origin,
): Promise<Subscriber> {
  const { deps, caller, tenant, catalogue, kek } = desk;
  checkPlmn(tenant, imsi);
  const settings = await settleSubscriber(catalogue, undefined, input);
  if (!input.keys) throw new Error("settled without keys");
  const keys = sealSubscriberKeys(kek, caller.tenantId, imsi, input.keys);
  const write = deps.store.write();
  const subscriber = addSubscriber(
    write,
    {
      tenantId: caller.tenantId,
      imsi,
      settings,
      keys,
      sqnOffset,
      ...(origin ? { imported: { id: origin.importId, row: origin.row, effect: "created" as const } } : {}),
    },
    deps.now(),
  );
  audit(deps, write, caller.tenantId, caller, {
    action: "subscriber.create",
    target: imsi,
    summary: `created the subscriber${originText(origin)}`,
  });
  try {
    await write.commit();
  } catch (error) {
    throw await conflict(deps, caller, imsi, error);
  }
  return subscriber;
}

export function originText(origin: Origin | undefined): string {
  return origin ? `, row ${origin.row} of ${origin.importId}` : "";
}

export function checkPlmn(tenant: Tenant, imsi: Imsi): void {
  if (tenant.plmns.some((plmn) => isOfPlmn(imsi, plmn))) return;
  const networks = tenant.plmns.map(plmnText).join(", ");
  throw new AppError("invalid-argument", `imsi: is of none of the tenant's networks ${networks}`, { field: "imsi" });
}

/** Why the write failed, when it is that the IMSI is taken. */
async function conflict(deps: Deps, caller: MemberCaller, imsi: Imsi, error: unknown): Promise<unknown> {
  if (!(error instanceof AppError) || error.code !== "aborted") return error;
  const holder = await deps.store.imsis.get(imsi);
  return holder ? taken(holder.data.tenantId === caller.tenantId, error) : error;
}

export function taken(isOurs: boolean, cause?: unknown): AppError {
  const words = isOurs ? "this subscriber exists already" : "this IMSI is in use outside your tenant";
  return new AppError("already-exists", `imsi: ${words}`, { field: "imsi", cause });
}
