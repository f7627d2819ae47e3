import type { Config } from "./config.ts";
import { listenManagement } from "./managementApi.ts";

export interface RunningDaemon {
  stop(deadlineMs: number): Promise<void>;
}

/** The composition root: opens the mirror, serves the roles, follows its source. */
export async function startDaemon(config: Config): Promise<RunningDaemon> {
  const api = await listenManagement(
    {
      ready: () => ({ ready: true, reason: "" }),
      peers: () => [],
      cache: () => ({}),
      metrics: async () => ({ contentType: "text/plain", text: "" }),
    },
    config.api,
  );
  return {
    stop: async () => {
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
