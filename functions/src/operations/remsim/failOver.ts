import { AppError, type BankSlot, type ClientKey, type RemsimClient, type TenantId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { SYSTEM } from "../audit.ts";
import { eachSafely } from "./eachSafely.ts";
import { moveClient } from "./moveClient.ts";

/** Clients read at a time, and moved at a time: each looks for a free card of its own. */
const PAGE = 100;
const PARALLEL = 8;
/** Clients that stay are named up to this. */
const NAMED = 10;

export interface FailedOver {
  moved: number;
  /** Those that keep their cards, and why; `forGood`: another try would not help. */
  stay: { clientId: string; why: string; forGood: boolean }[];
}

const FIXED = "its policy moves no client";

/** Whether everyone has moved who may. */
export function isDone({ stay }: FailedOver): boolean {
  return stay.every(({ forGood }) => forGood);
}

/** Moves the clients of a bank, or of one card of it, to equivalent cards elsewhere. Those that can't be moved keep theirs. */
export async function failOver(
  deps: Deps,
  tenantId: TenantId,
  place: Pick<BankSlot, "bankId"> & Partial<BankSlot>,
  reason: string,
): Promise<FailedOver> {
  const done: FailedOver = { moved: 0, stay: [] };
  let after: ClientKey | undefined;
  do {
    const page: Stored<RemsimClient>[] = await deps.store.remsimClients.holding(tenantId, place, PAGE, after);
    const results = await eachSafely(page, (stored) => moveOne(deps, stored, reason), PARALLEL);
    results.forEach((why = "an error on our side", n) => {
      const client = page[n]?.data;
      if (why === "") done.moved++;
      else if (client) done.stay.push({ clientId: client.clientId, why, forGood: why === FIXED });
    });
    after = page.length < PAGE ? undefined : page.at(-1)?.data.key;
  } while (after);
  return done;
}

/** Empty when it was moved, else why not. */
async function moveOne(deps: Deps, stored: Stored<RemsimClient>, reason: string): Promise<string> {
  if (!stored.data.assignment?.remap) return FIXED;
  try {
    await moveClient(deps, SYSTEM, stored, undefined, reason);
    return "";
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** In words: how many were moved, and who was not. */
export function outcomeOf({ moved, stay }: FailedOver): string {
  const clients = (n: number) => `${n} ${n === 1 ? "client" : "clients"}`;
  if (stay.length === 0) return moved === 0 ? "no client used it" : `${clients(moved)} moved`;
  const named = stay.slice(0, NAMED).map(({ clientId, why }) => `${clientId} (${why})`);
  const more = stay.length > NAMED ? ` and ${stay.length - NAMED} more` : "";
  return `${clients(moved)} moved; ${clients(stay.length)} could not be moved: ${named.join(", ")}${more}`;
}
