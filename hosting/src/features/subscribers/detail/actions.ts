import { actOnSubscriber, deleteSubscriber, updateSubscriber } from "@wisptools/core/api/subscribers";
import type { HssAction, Subscriber } from "@wisptools/core/documents/subscription";
import { call } from "../../../data/api.ts";
import { confirmation } from "../../../ui/confirm.svelte.ts";
import { toasts } from "../../../ui/toasts.svelte.ts";

type Named = Pick<Subscriber, "imsi" | "label" | "status">;

export const nameOf = (subscriber: Pick<Subscriber, "imsi" | "label">): string => subscriber.label || subscriber.imsi;

export interface ActionWords {
  label: string;
  consequence: string;
  danger: boolean;
}

export const ACTIONS: Record<HssAction, ActionWords> = {
  "cancel-location": {
    label: "Cancel location",
    consequence: "The MME drops it; a phone that is on attaches again within seconds and gets everything anew.",
    danger: true,
  },
  reread: {
    label: "Re-read profile",
    consequence: "The daemon reads the profile from the cloud again and sends it to the MME. Service goes on.",
    danger: false,
  },
  purge: {
    label: "Purge",
    consequence:
      "The registration at the MME is forgotten here. Use it when the MME is gone for good; one that still serves the phone registers it again.",
    danger: true,
  },
  "end-sessions": {
    label: "End sessions",
    consequence: "Its data sessions end now and their addresses are free. A phone that is on opens new ones.",
    danger: true,
  },
};

/** Asks, sends the command, and hands its id to `started`, which follows its result. */
export function askAction(
  tenantId: string,
  subscriber: Named,
  action: HssAction,
  started: (commandId: string) => void,
): void {
  const { label, consequence, danger } = ACTIONS[action];
  confirmation.ask({
    title: `${label} of ${nameOf(subscriber)}?`,
    consequence: `${consequence} IMSI ${subscriber.imsi}.`,
    act: label,
    danger,
    work: async () => {
      const reply = await call(actOnSubscriber, {
        params: { imsi: subscriber.imsi },
        query: { tenant_id: tenantId },
        body: { action },
      });
      started(reply.command_id);
    },
  });
}

async function setStatus(tenantId: string, subscriber: Named, status: Subscriber["status"]): Promise<void> {
  await call(updateSubscriber, {
    params: { imsi: subscriber.imsi },
    query: { tenant_id: tenantId },
    body: { status },
  });
  toasts.add(`${nameOf(subscriber)} is ${status} now`);
}

export function askActivate(tenantId: string, subscriber: Named): void {
  confirmation.ask({
    title: `Activate ${nameOf(subscriber)}?`,
    consequence: `IMSI ${subscriber.imsi} may attach from now on.`,
    act: "Activate",
    work: () => setStatus(tenantId, subscriber, "active"),
  });
}

export function askSuspend(tenantId: string, subscriber: Named): void {
  confirmation.ask({
    title: `Suspend ${nameOf(subscriber)}?`,
    consequence: `IMSI ${subscriber.imsi} is detached at once and refused until somebody activates it.`,
    act: "Suspend",
    danger: true,
    work: () => setStatus(tenantId, subscriber, "suspended"),
  });
}

export function askTerminate(tenantId: string, subscriber: Named): void {
  confirmation.ask({
    title: `Terminate ${nameOf(subscriber)}?`,
    consequence: `IMSI ${subscriber.imsi} is detached at once and never served again; its record stays. This can't be undone.`,
    act: "Terminate",
    danger: true,
    typed: subscriber.imsi,
    work: () => setStatus(tenantId, subscriber, "terminated"),
  });
}

export function askDelete(tenantId: string, subscriber: Named, gone: () => void): void {
  confirmation.ask({
    title: `Delete ${nameOf(subscriber)}?`,
    consequence: `IMSI ${subscriber.imsi} is detached at once, its keys are gone for good and the IMSI is free again. This can't be undone.`,
    act: "Delete",
    danger: true,
    typed: subscriber.imsi,
    work: async () => {
      await call(deleteSubscriber, { params: { imsi: subscriber.imsi }, query: { tenant_id: tenantId } });
      toasts.add(`${nameOf(subscriber)} deleted`);
      gone();
    },
  });
}
