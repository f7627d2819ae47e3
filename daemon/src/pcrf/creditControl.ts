import type { Clock } from "../diameter/peer/clock.ts";
import type { Directory, GxSession, Reporter, Sessions, Usage } from "../records.ts";
import type { GxPeer } from "./gxPeer.ts";
import type { SessionLedger } from "./sessionLedger.ts";

/** Who sent a request. */
export type Requester = Pick<GxPeer, "originHost" | "originRealm" | "context">;

/** What CCRs are answered from. */
export interface CreditControlDeps {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly usage: Usage;
  readonly reporter: Reporter;
  readonly clock: Pick<Clock, "date">;
  /** A PcrfPushes: it shares its ledger, and hears what may concern other sessions. */
  readonly pushes: {
    readonly ledger: SessionLedger;
    opened(session: GxSession): void;
    subscriberChanged(imsi: string): void;
  };
}
