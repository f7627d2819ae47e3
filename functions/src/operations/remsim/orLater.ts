import { retryAt } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { commits } from "../commits.ts";

/** Does it; what fails is due again in a minute, behind the others, and still fails. */
export async function orLater<T extends { sweepAt?: Date | undefined }, R>(
  deps: Deps,
  stored: Stored<T>,
  act: () => Promise<R>,
): Promise<R> {
  try {
    return await act();
  } catch (error) {
    const now = deps.now();
    await commits(deps.store.write().update<{ sweepAt?: Date | undefined }>(stored, { sweepAt: retryAt(now, now) }));
    throw error;
  }
}
