import { previewRollout } from "@wisptools/core/api/rollouts";
import { call } from "../../../data/api.ts";
import { type ApiError, asApiError } from "../../../data/apiError.ts";
import type { PlanBody } from "./draft.ts";

export type Preview = Awaited<ReturnType<typeof call<typeof previewRollout>>>;

/** Typing should not ask with each key. */
const QUIET_MS = 300;

/** Who would be hit, asked anew a moment after the plan changes. */
export class LivePreview {
  /** The newest answer; while `busy` it is that of an earlier plan. */
  answer = $state.raw<Preview>();
  problem = $state.raw<ApiError>();
  busy = $state(false);

  /** Called while a component is set up. `plan` is undefined while it can't be asked. */
  constructor(tenantId: () => string, plan: () => PlanBody | undefined) {
    const wanted = $derived.by(() => {
      const body = plan();
      if (!body) return "";
      const { name: _, ...asked } = body;
      return JSON.stringify(asked);
    });
    $effect(() => {
      const [tenant, body] = [tenantId(), wanted];
      if (!body) return;
      this.busy = true;
      const state = { left: false };
      const timer = setTimeout(() => void this.#ask(tenant, body, state), QUIET_MS);
      return () => {
        state.left = true;
        clearTimeout(timer);
      };
    });
  }

  async #ask(tenantId: string, body: string, state: { left: boolean }): Promise<void> {
    try {
      const answer = await call(previewRollout, { query: { tenant_id: tenantId }, body: JSON.parse(body) });
      if (state.left) return;
      this.answer = answer;
      this.problem = undefined;
    } catch (error) {
      if (state.left) return;
      this.problem = asApiError(error);
    }
    this.busy = false;
  }
}
