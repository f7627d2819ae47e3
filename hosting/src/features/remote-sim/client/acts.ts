import { commandClient, deleteClient, releaseClient } from "@wisptools/core/api/remsimClients";
import type { RemsimClient } from "@wisptools/core/documents/remsim";
import type { RemsimCommandRequest } from "@wisptools/core/domain/remsim/command";
import { call } from "../../../data/api.ts";
import { confirmation } from "../../../ui/confirm.svelte.ts";
import { toasts } from "../../../ui/toasts.svelte.ts";
import { placeWords } from "../shared/words.ts";

type Named = Pick<RemsimClient, "key" | "clientId">;

/** What an operator may send by itself; the others go with a configuration or a reassignment. */
export type SentCommand = Extract<RemsimCommandRequest, { type: "restart" | "log_level" | "send_logs" }>;

export function commandWords(request: RemsimCommandRequest): string {
  switch (request.type) {
    case "restart":
      return "Restart";
    case "reassign":
      return `Tell the modem of its new card ${request.iccid}`;
    case "config_update":
      return `Apply configuration ${request.version}`;
    case "log_level":
      return `Log level ${request.level}`;
    case "send_logs":
      return `Send the last ${request.lines} lines of its log`;
  }
}

export async function send(tenantId: string, client: Named, request: SentCommand): Promise<void> {
  const target = { params: { client_key: client.key }, query: { tenant_id: tenantId } };
  await call(commandClient, { ...target, body: request });
  toasts.add(`${commandWords(request)}: ${client.clientId} gets it with its next heartbeat`);
}

export function askRestart(tenantId: string, client: Named): void {
  confirmation.ask({
    title: `Restart ${client.clientId}?`,
    consequence:
      "With its next heartbeat the router starts its remote SIM client anew: the modem is without its SIM for about a minute.",
    act: "Restart",
    work: () => send(tenantId, client, { type: "restart" }),
  });
}

export function askRelease(tenantId: string, client: RemsimClient): void {
  const place = client.assignment ? placeWords(client.assignment.slot) : "no slot";
  confirmation.ask({
    title: `Release ${client.clientId}?`,
    consequence: `It loses the card in ${place} at once, and its modem the SIM. It gets one again when it registers anew. The card goes to others after its cool-down.`,
    act: "Release",
    danger: true,
    work: async () => {
      await call(releaseClient, { params: { client_key: client.key }, query: { tenant_id: tenantId } });
      toasts.add(`${client.clientId} released`);
    },
  });
}

export function askDelete(tenantId: string, client: RemsimClient, done: () => void): void {
  confirmation.ask({
    title: `Delete ${client.clientId}?`,
    consequence: "It is forgotten with its configurations and logs. If the router registers again, it is a new client.",
    act: "Delete",
    danger: true,
    work: async () => {
      await call(deleteClient, { params: { client_key: client.key }, query: { tenant_id: tenantId } });
      toasts.add(`${client.clientId} deleted`);
      done();
    },
  });
}
