import type { Rollout } from "@wisptools/core";
import type { Matter } from "../alerts.ts";

/** What the alert of a rollout that stopped by itself says: one alert a rollout, however often it stops. */
export function stopMatter(rollout: Pick<Rollout, "id" | "name">, reason: string): Matter {
  return {
    id: `rollout-stopped-${rollout.id}`,
    kind: "rollout-stopped",
    severity: "critical",
    target: rollout.id,
    message: `Rollout ${rollout.name} stopped: ${reason}`,
  };
}
