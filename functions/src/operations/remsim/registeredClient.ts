import { AppError, type RemsimClient, type RemsimClientId } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import type { z } from "zod";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { clientKeyOf } from "./clientIdentity.ts";

/** The client of that name under the caller's credential; one that holds nothing has to register first. */
export async function registeredClient(
  deps: Deps,
  caller: RemsimCaller,
  clientId: z.infer<typeof RemsimClientId>,
): Promise<Stored<RemsimClient>> {
  const stored = await deps.store.remsimClients.get(caller.tenantId, clientKeyOf(caller.credentialId, clientId));
  if (!stored || stored.data.state === "released") {
    throw new AppError("not-found", `${clientId} is not registered with this credential; it must register`, {
      reason: "not_registered",
    });
  }
  return stored;
}
