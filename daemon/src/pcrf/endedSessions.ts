import type { GxSession } from "../records.ts";

export interface EndedSession {
  readonly session: GxSession;
  /** Its SMF ended it: what it reports again has been counted. */
  readonly settled: boolean;
}

/** Sessions that ended lately: their SMF may still ask to end them, or ask again. The oldest are forgotten first. */
export class EndedSessions {
  private readonly ended = new Map<string, EndedSession>();
  private readonly limit: number;

  constructor(limit = 10_000) {
    this.limit = limit;
  }

  add(session: GxSession, settled: boolean): void {
    this.ended.delete(session.sessionId);
    this.ended.set(session.sessionId, { session, settled });
    for (const oldest of this.ended.keys()) {
      if (this.ended.size <= this.limit) break;
      this.ended.delete(oldest);
    }
  }

  get(sessionId: string): EndedSession | undefined {
    return this.ended.get(sessionId);
  }

  /** It was opened again. */
  remove(sessionId: string): void {
    this.ended.delete(sessionId);
  }
}
