import { type api, defined } from "@wisptools/core";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { deviceWrite } from "./deviceWrite.ts";
import { event } from "./event.ts";
import { sha256 } from "./secrets.ts";

/** Subscriber activity of an EPC. An event's id comes from the device or its content, so repeating a batch adds nothing. */
export async function recordActivity(deps: Deps, caller: DeviceCaller, events: api.ActivityEvent[]): Promise<number> {
  return deviceWrite(deps, caller, async (epc, write) => {
    const now = deps.now();
    for (const activity of events) {
      const at = new Date(Math.min(activity.at ?? now.getTime(), now.getTime()));
      const { imsi, imei, apn, ip, cause } = activity;
      event(deps, write, epc, {
        type: activity.type,
        at,
        id: activity.id ?? sha256(JSON.stringify({ ...activity, at: at.getTime() })).slice(0, 16),
        severity: activity.type === "log" ? "warning" : "info",
        message: activity.message ?? words(activity),
        data: defined({ imsi, imei, apn, ip, cause }),
      });
    }
    return { changes: { lastSeenAt: now }, value: events.length };
  });
}

function words({ type, imsi, apn, ip, cause }: api.ActivityEvent): string {
  const parts = [imsi && `IMSI ${imsi}`, apn && `APN ${apn}`, ip, cause].filter(Boolean);
  const verb = type === "attach" ? "Attached" : type === "detach" ? "Detached" : "Log";
  return parts.length > 0 ? `${verb}: ${parts.join(", ")}` : verb;
}
