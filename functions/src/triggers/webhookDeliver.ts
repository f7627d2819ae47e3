import { onTaskDispatched } from "firebase-functions/tasks";
import { deps, isEmulated } from "../config.ts";
import { deliver } from "../operations/webhooks/deliver.ts";
import { AttemptTask } from "../operations/webhooks/enqueueAttempt.ts";

/** Makes one attempt of a delivery. The plan of attempts is ours: the queue tries again only what crashed before it began one. */
export const webhookDeliver = onTaskDispatched(
  {
    memory: "256MiB",
    concurrency: 80,
    timeoutSeconds: 60,
    retryConfig: { maxAttempts: 4, minBackoffSeconds: 10, maxBackoffSeconds: 300 },
    // The emulator starts a process for each that runs at a time.
    rateLimits: { maxConcurrentDispatches: isEmulated ? 2 : 200, maxDispatchesPerSecond: 200 },
  },
  async ({ data }) => {
    await deliver(deps(), AttemptTask.parse(data));
  },
);
