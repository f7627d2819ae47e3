// The emulators run no schedules: while `npm start` is up, we do what Cloud Scheduler does.

/** The scheduled functions, each of which runs every minute. */
const EVERY_MINUTE = ["epcSweep"];

/** Runs them once a minute until stopped; a run that fails is the next minute's concern. */
export function runSchedules(env: Record<string, string>): { stop(): void } {
  const base = `http://${env.WISPTOOLS_FUNCTIONS}/functions/projects/${env.GCLOUD_PROJECT}/triggers/us-central1-`;
  const timer = setInterval(() => {
    for (const name of EVERY_MINUTE) void fetch(`${base}${name}-0`, { method: "POST" }).catch(() => {});
  }, 60_000);
  return { stop: () => clearInterval(timer) };
}
