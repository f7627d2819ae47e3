import { AppError, HssCommand } from "@wisptools/core";
import type { Store, Stored, WatchSink } from "@wisptools/store";
import type { MirrorEvents } from "../records.ts";
import type { MirrorInside } from "./openMirror.ts";

const LOOK_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;
const FINISH_ATTEMPTS = 8;

interface Pending {
  stored: Stored<HssCommand>;
  /** Nobody here wanted it: when to offer it again, ms since 1970, and after how long then. */
  offerAt: number;
  pauseMs: number;
}

/** Requests of operators and other daemons. Each is claimed before it is run, so that of several daemons one runs it. */
export class CloudCommands {
  private readonly inside: MirrorInside;
  private readonly store: Pick<Store, "write">;
  private readonly events: MirrorEvents;
  private readonly daemonId: string;
  private readonly pending = new Map<string, Pending>();
  private readonly running = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(inside: MirrorInside, store: Pick<Store, "write">, events: MirrorEvents) {
    this.inside = inside;
    this.store = store;
    this.events = events;
    this.daemonId = inside.environment.daemonId;
  }

  sink(): WatchSink {
    return {
      apply: async (changed, paths) => {
        for (const path of this.pending.keys()) if (!paths.has(path)) this.pending.delete(path);
        for (const { path, data, version } of changed) {
          const parsed = HssCommand.safeParse(data);
          if (parsed.success) this.offer({ path, data: parsed.data, version });
          else this.inside.log.documentSkipped(path, parsed.error);
        }
      },
      failed: (error, retryInMs) => this.inside.log.feedFailed({ feed: "hssCommands", retryInMs }, error),
    };
  }

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.running.values());
  }

  private offer(stored: Stored<HssCommand>): void {
    const pauseMs = this.pending.get(stored.path)?.pauseMs ?? LOOK_MS;
    this.pending.set(stored.path, { stored, offerAt: 0, pauseMs });
    this.look();
  }

  private look(): void {
    const now = this.inside.now();
    for (const [path, entry] of this.pending) {
      if (entry.offerAt > now || this.running.has(path)) continue;
      const work = this.deal(entry)
        .catch((error) => this.interrupted(entry, error))
        .finally(() => this.running.delete(path));
      this.running.set(path, work);
    }
  }

  private interrupted(entry: Pending, error: unknown): void {
    this.later(entry);
    const conflict = error instanceof AppError && error.code === "aborted";
    if (!conflict) this.inside.log.commandFailed({ id: entry.stored.data.id }, error);
  }

  private later(entry: Pending): void {
    entry.offerAt = this.inside.now() + entry.pauseMs;
    entry.pauseMs = Math.min(LONGEST_PAUSE_MS, entry.pauseMs * 2);
  }

  private async deal(entry: Pending): Promise<void> {
    const { stored } = entry;
    const command = stored.data;
    const now = this.inside.now();
    if (command.expiresAt.getTime() <= now) {
      const changes = {
        state: "expired" as const,
        finishedAt: new Date(now),
        result: "no daemon could run it in time",
      };
      await this.store.write().update(stored, changes).commit();
      this.pending.delete(stored.path);
      return;
    }
    const isOthers = command.daemonId !== undefined && command.daemonId !== this.daemonId;
    if (isOthers || this.events.holds?.(offered(command)) === false) {
      this.later(entry);
      return;
    }
    // Claimed already: a run of ours that was cut short. The requests bear repetition.
    if (command.daemonId === undefined) {
      await this.store.write().update(stored, { daemonId: this.daemonId }).commit();
    }
    this.inside.log.commandClaimed({ id: command.id, action: command.action });
    await this.run(entry, stored);
  }

  private async run(entry: Pending, { path, data: command }: Stored<HssCommand>): Promise<void> {
    const answer = await this.events.command(offered(command)).catch((error) => {
      this.inside.log.commandFailed({ id: command.id }, error);
      return { done: false, result: "it failed in the daemon" };
    });
    if (!answer) {
      await this.write(path, { daemonId: undefined });
      this.later(entry);
      return;
    }
    this.pending.delete(path);
    const { done, result } = answer;
    await this.write(path, { state: done ? "done" : "failed", result, finishedAt: new Date(this.inside.now()) });
  }

  /** What was run must be told, also when the cloud doesn't answer at once. */
  private async write(path: string, changes: object): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.store.write().patch(path, changes).commit();
        return;
      } catch (error) {
        if (attempt === FINISH_ATTEMPTS || (error instanceof AppError && error.code === "aborted")) throw error;
        await new Promise((wake) => setTimeout(wake, 250 * 2 ** attempt));
      }
    }
  }
}

function offered(command: HssCommand): Parameters<MirrorEvents["command"]>[0] {
  const { id, tenantId, action, imsi, peer, cancellationType } = command;
  return {
    ...{ id, tenantId, action, imsi },
    ...(peer === undefined ? {} : { peer }),
    ...(cancellationType === undefined ? {} : { cancellationType }),
  };
}
