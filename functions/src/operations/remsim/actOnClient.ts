import { AppError, type api, type ClientKey, paths } from "@wisptools/core";
import { untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { chunks } from "./chunks.ts";
import { type MovedClient, moveClient } from "./moveClient.ts";
import { release } from "./release.ts";

/** An operator moves a client to the card named, or to one its policies give. */
export async function reassign(
  deps: Deps,
  caller: MemberCaller,
  { client_key, to }: typeof api.reassignClient.body._zod.output,
): Promise<MovedClient> {
  const client = await deps.store.remsimClients.need("client", caller.tenantId, client_key);
  return moveClient(deps, caller, client, to, `by ${caller.actorName}`);
}

/** An operator takes a client's card, as if it had unregistered. One that holds nothing stays as it is. */
export async function releaseClient(deps: Deps, caller: MemberCaller, key: ClientKey): Promise<void> {
  await untilUncontended(async () => {
    const client = await deps.store.remsimClients.need("client", caller.tenantId, key);
    const because = `released by ${caller.actorName}`;
    await release(deps, caller, client, { action: "remsimClient.release", because });
  });
}

/** Forgets a client that holds nothing, with its configurations; its logs end by themselves. */
export async function deleteClient(deps: Deps, caller: MemberCaller, key: ClientKey): Promise<void> {
  const { tenantId } = caller;
  await untilUncontended(async () => {
    const client = await deps.store.remsimClients.need("client", tenantId, key);
    const { assignment, clientId } = client.data;
    if (assignment) {
      throw new AppError("failed-precondition", `${clientId} holds a card; release it first`, { reason: "slot_held" });
    }
    const latest = await deps.store.remsimConfigurations.latest(tenantId, key);
    for (const part of chunks(Array.from({ length: latest }, (_, n) => n + 1))) {
      const write = deps.store.write();
      for (const version of part) write.delete(paths.remsimConfiguration(tenantId, key, version));
      await write.commit();
    }
    const write = deps.store.write();
    write.remove(client);
    audit(deps, write, tenantId, caller, {
      action: "remsimClient.delete",
      target: key,
      summary: `deleted ${clientId}`,
    });
    await write.commit();
  });
}
