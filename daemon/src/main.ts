import { ConfigError, readConfig, usage } from "./config.ts";
import { startDaemon } from "./daemon.ts";

/** Time for answering what is under way before connections are cut; systemd's own limit is longer. */
const DRAIN_MS = 5_000;

try {
  const daemon = await startDaemon(readConfig(process.argv.slice(2), process.env));
  let ending = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      daemon.stop(DRAIN_MS).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
} catch (error) {
  console.error(error instanceof ConfigError ? `${error.message}\n${usage()}` : error);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
