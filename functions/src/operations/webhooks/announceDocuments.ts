// What each document that webhooks hear of comes to: read by its schema, named for the public, announced.
import {
  Alert,
  type Announcement,
  EpcEvent,
  EpcId,
  ofAlert,
  ofEpcEvent,
  ofRemsimEvent,
  ofRollout,
  RemsimEvent,
  Rollout,
  TenantId,
} from "@wisptools/core";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { sha256 } from "../secrets.ts";
import { announce } from "./announce.ts";

/** A document as a trigger saw it. `version` tells the writings of one document apart, and is the same whenever one is seen again. */
export interface Seen {
  path: string;
  version: string;
  before: unknown;
  after: unknown;
}

/** A reader of a schema; undefined stays undefined. */
interface Schema<T> {
  parse(value: unknown): T;
}

export async function announceEpcEvent(deps: Deps, tenant: string, epc: string, seen: Seen): Promise<void> {
  await announceSeen(deps, tenant, seen, () => ofEpcEvent(EpcId.parse(epc), EpcEvent.parse(seen.after)));
}

export async function announceRemsimEvent(deps: Deps, tenant: string, seen: Seen): Promise<void> {
  await announceSeen(deps, tenant, seen, () => ofRemsimEvent(RemsimEvent.parse(seen.after)));
}

export async function announceAlert(deps: Deps, tenant: string, seen: Seen): Promise<void> {
  await announceSeen(deps, tenant, seen, () => ofAlert(...both(Alert, seen)));
}

export async function announceRollout(deps: Deps, tenant: string, seen: Seen): Promise<void> {
  await announceSeen(deps, tenant, seen, () => ofRollout(...both(Rollout, seen)));
}

function both<T>(schema: Schema<T>, { before, after }: Seen): [T | undefined, T | undefined] {
  const read = (value: unknown) => (value === undefined ? undefined : schema.parse(value));
  return [read(before), read(after)];
}

/** A document that does not fit its schema is told of nobody: trying again would not mend it. */
async function announceSeen(
  deps: Deps,
  tenant: string,
  { path, version }: Seen,
  read: () => Announcement | undefined,
): Promise<void> {
  let told: Announcement | undefined;
  try {
    told = read();
  } catch (error) {
    log.eventUnreadable({ path }, error);
  }
  if (!told) return;
  const id = `evt_${sha256(`${path} ${version}`).slice(0, 32)}`;
  await announce(deps, TenantId.parse(tenant), { id, ...told });
}
