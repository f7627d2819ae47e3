import { AppError, type RemsimClientId } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { z } from "zod";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { clientKeyOf } from "./clientIdentity.ts";
import { inTurn } from "./inTurn.ts";
import { release } from "./release.ts";

/** A router gives its card back. @returns false when it held none; 404 when it never registered with this credential */
export async function unregister(
  deps: Deps,
  caller: RemsimCaller,
  clientId: z.infer<typeof RemsimClientId>,
): Promise<boolean> {
  const { tenantId, actor, credentialName, requestId, credentialId } = caller;
  return untilUncontended(async () => {
    const stored = await deps.store.remsimClients.get(tenantId, clientKeyOf(credentialId, clientId));
    if (!stored) {
      throw new AppError("not-found", `${clientId} never registered with this credential`, {
        reason: "not_registered",
      });
    }
    const by = { actor, actorName: credentialName, requestId };
    const act = () => release(deps, by, stored, { action: "remsimClient.unregister", because: "it unregistered" });
    return stored.data.assignment?.poolId ? inTurn(`pools of ${tenantId}`, act) : act();
  });
}
