import { AppError, paths } from "@wisptools/core";
import type { Store } from "@wisptools/store";
import type { MirrorInside } from "./openMirror.ts";

const INDEXES = 32;
const RETRY_MS = 5_000;
/** An index whose daemon has been silent for this long may be taken over. */
const ABANDONED_MS = 30 * 86_400_000;

type Tables = Pick<Store, "write" | "daemonIndexes" | "daemons">;

/** This daemon's own IND (3GPP TS 33.102 C.1.1.1): from the mirror, else claimed in the cloud, for as long as that takes. */
export async function ownSqnIndex(inside: MirrorInside, store: Tables, isStopped: () => boolean): Promise<number> {
  const { environment, log } = inside;
  for (;;) {
    const kept = environment.meta.get("sqnIndex");
    if (typeof kept === "number") return kept;
    if (isStopped()) throw new Error("stopped before the cloud gave an SQN index");
    try {
      const index = await claim(store, environment.daemonId, inside.now());
      await environment.meta.put("sqnIndex", index);
      await environment.root.flushed;
      log.sqnIndexClaimed({ index });
      return index;
    } catch (error) {
      log.sqnIndexFailed(error);
      await new Promise((wake) => setTimeout(wake, RETRY_MS).unref());
    }
  }
}

async function claim(store: Tables, daemonId: string, now: number): Promise<number> {
  for (let index = 0; index < INDEXES; index++) {
    const held = await store.daemonIndexes.get(index);
    // Ours: the mirror was told of it too late.
    if (held?.data.daemonId === daemonId) return index;
    if (held) continue;
    const write = store
      .write()
      .create(paths.daemonIndex(index), { schemaVersion: 1, daemonId, claimedAt: new Date(now) });
    if (await succeeds(write.commit())) return index;
  }
  return takeOver(store, daemonId, now);
}

async function takeOver(store: Tables, daemonId: string, now: number): Promise<number> {
  for (let index = 0; index < INDEXES; index++) {
    const held = await store.daemonIndexes.get(index);
    if (!held || now - held.data.claimedAt.getTime() < ABANDONED_MS) continue;
    const daemon = await store.daemons.get(held.data.daemonId);
    if (daemon && now - daemon.data.heartbeatAt.getTime() < ABANDONED_MS) continue;
    const write = store.write().update(held, { daemonId, claimedAt: new Date(now) });
    if (await succeeds(write.commit())) return index;
  }
  throw new Error(`all ${INDEXES} SQN indexes belong to daemons that were heard of in the last 30 days`);
}

/** False when somebody else was first. */
async function succeeds(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "aborted") return false;
    throw error;
  }
}
