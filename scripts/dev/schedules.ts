// The emulators run no schedules: while `npm start` is up, we do what Cloud Scheduler does.

/** The scheduled functions that run every minute, and webhookSweep: the emulators' queue knows no delay, so retries wait for it. */
const EVERY_MINUTE = ["epcSweep", "remsimSweep", "rolloutSweep", "webhookSweep"];

/** Those that run once a day. */
const DAILY = ["repositoryResign"];
const MINUTE_MS = 60_000;

/** Runs them in their time until stopped; a run that fails is the next one's concern. */
export function runSchedules(env: Record<string, string>): { stop(): void } {
  const base = `http://${env.WISPTOOLS_FUNCTIONS}/functions/projects/${env.GCLOUD_PROJECT}/triggers/us-central1-`;
  const run = (names: string[]) => {
    for (const name of names) void fetch(`${base}${name}-0`, { method: "POST" }).catch(() => {});
  };
  run(DAILY); // an exported world may be older than what they keep fresh
  const timers = [setInterval(() => run(EVERY_MINUTE), MINUTE_MS), setInterval(() => run(DAILY), 24 * 60 * MINUTE_MS)];
  return { stop: () => timers.forEach(clearInterval) };
}
