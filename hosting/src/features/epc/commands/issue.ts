import { issueCommand } from "@wisptools/core/api/epcs";
import type { Epc } from "@wisptools/core/documents/epc";
import type { CommandRequest } from "@wisptools/core/domain/command";
import { call } from "../../../data/api.ts";
import { confirmation } from "../../../ui/confirm.svelte.ts";
import { toasts } from "../../../ui/toasts.svelte.ts";
import { describe, effect } from "./words.ts";

type Target = Pick<Epc, "id" | "siteName">;

/** Sends a command to the box; it fetches it with its next report. */
export async function issue(tenantId: string, epc: Target, request: CommandRequest): Promise<void> {
  await call(issueCommand, { params: { epc_id: epc.id }, query: { tenant_id: tenantId }, body: request });
  toasts.add(`${describe(request)}: sent to ${epc.siteName}`);
}

/** Asks first when the command disturbs anybody. */
export function askAndIssue(tenantId: string, epc: Target, request: CommandRequest): void {
  confirmation.ask({
    title: `${describe(request)} on ${epc.siteName}?`,
    consequence: `${effect(request)} The box fetches the command with its next report, at most a minute from now.`,
    act: describe(request),
    danger: true,
    work: () => issue(tenantId, epc, request),
  });
}
