import { hash } from "node:crypto";
import type { GxSession, Sessions } from "../records.ts";
import type { Environment } from "./environment.ts";

/** The id of a session's record, here and in the cloud: Session-Ids are too long and too free for keys. */
export function sessionKey(sessionId: string): string {
  return hash("sha256", sessionId, "hex").slice(0, 32);
}

/** Gx sessions in LMDB, with an index by subscriber. */
export function sessionsIn({
  batch,
  sessions: table,
  sessionsByImsi: byImsi,
}: Pick<Environment, "batch" | "sessions" | "sessionsByImsi">): Sessions {
  const byKey = (key: string): GxSession | undefined => table.get(key)?.[0] as GxSession | undefined;
  function* all(): Generator<GxSession> {
    for (const key of table.keys()) {
      const session = byKey(key);
      if (session) yield session;
    }
  }
  return {
    all,
    get: (sessionId) => byKey(sessionKey(sessionId)),
    put: async (session) => {
      const key = sessionKey(session.sessionId);
      const before = byKey(key)?.imsi;
      await batch(() => {
        void table.put(key, [defined(session)]);
        if (before === session.imsi) return;
        if (before !== undefined) void byImsi.remove(`${before}/${key}`);
        void byImsi.put(`${session.imsi}/${key}`, true);
      });
    },
    remove: async (sessionId) => {
      const key = sessionKey(sessionId);
      const before = byKey(key);
      if (!before) return;
      await batch(() => {
        void table.remove(key);
        void byImsi.remove(`${before.imsi}/${key}`);
      });
    },
    ofSubscriber: (imsi) => {
      const keys = [...byImsi.keys(`${imsi}/`)].map((key) => key.slice(imsi.length + 1));
      return keys.map(byKey).filter((session) => session !== undefined);
    },
  };
}

/** Without fields that are there but undefined. */
function defined(session: GxSession): GxSession {
  return Object.fromEntries(Object.entries(session).filter(([, value]) => value !== undefined)) as unknown as GxSession;
}
