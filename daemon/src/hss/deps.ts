import type { LogLine } from "../mirror/logs.ts";
import type { Directory, Registration, Registrations, Reporter } from "../records.ts";
import { Seldom } from "../seldom.ts";
import { Turns } from "../turns.ts";
import type { SqnGenerator } from "./crypto/sqn.ts";
import { type HssLog, hssLog } from "./logs.ts";
import { MmeConnections } from "./mmeConnections.ts";
import { SqnOffsets } from "./sqnOffsets.ts";

const MINUTE = 60_000;
/** Longer than a daemon takes to hear of a move in two ways. */
const MOVE_MS = 10_000;

/** What the composition root gives. */
export interface HssParts {
  readonly directory: Directory;
  readonly registrations: Registrations;
  readonly reporter: Reporter;
  readonly sqn: Pick<SqnGenerator, "next" | "resynchronise">;
  readonly log: LogLine;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What the requests share. */
export interface HssDeps extends Omit<Required<HssParts>, "log"> {
  readonly log: HssLog;
  readonly mmes: MmeConnections;
  /** Changes of one subscriber's registration. */
  readonly turns: Turns;
  /** Events that an MME or a UE may cause at any rate, once a minute each. */
  readonly seldom: Seldom;
  readonly offsets: SqnOffsets;
  /** MMEs that were told lately that a subscriber is somewhere else now, by `movedKey`; until it registers there again. */
  readonly moved: Seldom;
  /** Called with each new registration, when it is durable. */
  readonly onRegistered: Set<(registration: Registration) => void>;
}

export function hssDeps(parts: HssParts): HssDeps {
  const now = parts.now ?? Date.now;
  return {
    ...parts,
    now,
    log: hssLog(parts.log),
    mmes: new MmeConnections(),
    turns: new Turns(),
    seldom: new Seldom(MINUTE, now),
    offsets: new SqnOffsets(),
    moved: new Seldom(MOVE_MS, now),
    onRegistered: new Set(),
  };
}
