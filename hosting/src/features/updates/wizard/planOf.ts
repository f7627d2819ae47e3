import { createRollout } from "@wisptools/core/api/rollouts";
import type { Plan } from "../shared/strategyWords.ts";
import type { PlanBody } from "./draft.ts";

/** A plan that the contract takes, for words about it; undefined while it holds faults. Its name does not matter. */
export function planOf(body: PlanBody): Plan | undefined {
  const parsed = createRollout.body.safeParse({ ...body, name: "-" });
  return parsed.success ? parsed.data : undefined;
}
