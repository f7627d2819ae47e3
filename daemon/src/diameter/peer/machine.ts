// The states of a connection as a table: RFC 6733 5.6 (we never elect, see admission), the watchdog of RFC 3539 3.4.1.

/** `probing`: quiet for Tw, a DWR is out. `suspect`: quiet for another Tw, nothing new is sent. */
export type PeerState = "open" | "probing" | "suspect" | "closing" | "closed";

export type PeerEvent =
  /** A whole message came. */
  | "heard"
  /** Nothing was heard for Tw, or (closing) the goodbye took too long. */
  | "timeout"
  | "dpr"
  | "dpa"
  /** We are to close it. */
  | "stop"
  /** We are to close it at once: it is not welcome any more. */
  | "expel"
  /** Somebody else claims this identity: is this connection alive? */
  | "probe"
  /** The transport is gone, or must go: a fault in the stream, a reader too slow. */
  | "lost";

export type PeerAction =
  | "sendDwr"
  | "sendDpr"
  /** No answer is awaited any more. */
  | "failPending"
  | "armWatchdog"
  | "armClosing"
  /** Close when what is under way is answered and sent. */
  | "finish"
  /** Close when what is written is sent. */
  | "finishNow"
  | "cut";

export interface Step {
  readonly state: PeerState;
  readonly actions: readonly PeerAction[];
}

const LOST: Step = { state: "closed", actions: ["cut"] };
/** RFC 6733 5.4: who said goodbye closes the transport when it has our DPA, which is written already. */
const DISMISSED: Step = { state: "closing", actions: ["armClosing"] };
const STOPPED: Step = { state: "closing", actions: ["sendDpr", "armClosing"] };
const EXPELLED: Step = { state: "closed", actions: ["sendDpr", "finishNow"] };
const CLOSED: Step = { state: "closed", actions: [] };

const TABLE: Record<PeerState, Partial<Record<PeerEvent, Step>>> = {
  open: {
    timeout: { state: "probing", actions: ["sendDwr", "armWatchdog"] },
    probe: { state: "probing", actions: ["sendDwr", "armWatchdog"] },
    dpr: DISMISSED,
    stop: STOPPED,
    expel: EXPELLED,
    lost: LOST,
  },
  probing: {
    heard: { state: "open", actions: ["armWatchdog"] },
    timeout: { state: "suspect", actions: ["failPending", "armWatchdog"] },
    dpr: DISMISSED,
    stop: STOPPED,
    expel: EXPELLED,
    lost: LOST,
  },
  suspect: {
    heard: { state: "open", actions: ["armWatchdog"] },
    timeout: LOST,
    dpr: DISMISSED,
    stop: STOPPED,
    expel: EXPELLED,
    lost: LOST,
  },
  closing: {
    dpa: { state: "closed", actions: ["finish"] },
    expel: { state: "closed", actions: ["finishNow"] },
    timeout: LOST,
    lost: LOST,
  },
  closed: { lost: CLOSED },
};

/** What `event` does in `state`. An event that the table does not name there changes nothing. */
export function step(state: PeerState, event: PeerEvent): Step {
  return TABLE[state][event] ?? { state, actions: [] };
}
