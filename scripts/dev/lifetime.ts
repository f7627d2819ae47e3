// What a command must undo however it ends: normally, by Ctrl-C, SIGTERM or an error nobody caught.
import { constants } from "node:os";

type Cleanup = { tidy: () => Promise<void>; atOnce?: () => void };
const cleanups: Cleanup[] = [];
let listening = false;
let ending: Promise<void> | undefined;

/** Last registered, first undone. `atOnce` is the synchronous last resort. Returns a function that forgets the entry. */
export function onEnd(tidy: Cleanup["tidy"], atOnce?: Cleanup["atOnce"]): () => void {
  listen();
  const entry: Cleanup = atOnce ? { tidy, atOnce } : { tidy };
  cleanups.push(entry);
  return () => {
    const index = cleanups.indexOf(entry);
    if (index >= 0) cleanups.splice(index, 1);
  };
}

function listen(): void {
  if (listening) return;
  listening = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void end(128 + constants.signals[signal]));
  }
  process.on("uncaughtException", (error) => {
    console.error(error);
    void end(1);
  });
  process.on("exit", () => {
    for (const { atOnce } of cleanups.splice(0).reverse()) atOnce?.();
  });
}

/** Undoes everything, then leaves with this status. A second signal does not start a second tidying. */
export function end(status: number): Promise<void> {
  ending ??= tidyAll().finally(() => process.exit(status));
  return ending;
}

async function tidyAll(): Promise<void> {
  for (let entry = cleanups.at(-1); entry; entry = cleanups.at(-1)) {
    try {
      await entry.tidy();
    } catch (error) {
      console.error(error);
      entry.atOnce?.();
    }
    const index = cleanups.indexOf(entry);
    if (index >= 0) cleanups.splice(index, 1);
  }
}

/** Body of a command: its number is the exit status; an Error is one line for people, a stack trace with DEBUG set. */
export async function command(body: () => Promise<number>): Promise<void> {
  let status = 1;
  try {
    status = await body();
  } catch (error) {
    // Once we are ending, what still runs fails because its ground is taken away: no news.
    if (!ending) console.error(error instanceof Error && !process.env.DEBUG ? `wisptools: ${error.message}` : error);
  }
  await end(status);
}
