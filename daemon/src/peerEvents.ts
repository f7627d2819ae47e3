import type { Peer } from "./diameter/peer/peer.ts";
import type { Refusal, ServerEvents } from "./diameter/serverOptions.ts";
import type { LogLine } from "./mirror/logs.ts";
import type { PeerContext } from "./peerContext.ts";
import type { Directory, PeerRecord, Reporter } from "./records.ts";
import { Seldom } from "./seldom.ts";

export interface PeerEventsDeps {
  readonly directory: Pick<Directory, "peer" | "tenants">;
  readonly reporter: Pick<Reporter, "connection" | "activity">;
  readonly log: LogLine;
  /** For the log: `hss` or `pcrf`. */
  readonly application: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

type Events = Required<
  Pick<ServerEvents<PeerContext>, "peerOpened" | "peerClosed" | "peerSuspected" | "peerRefused" | "handlerFailed">
>;

const PERIOD_MS = 60_000;

/** What operators see of connections, and what the log has of them: who came, who went, who was turned away and why. */
export function peerEvents(deps: PeerEventsDeps): Events {
  const { log, application } = deps;
  const open = new Set<string>();
  const refusals = new Refusals(deps, open);
  return {
    peerOpened: (peer) => {
      open.add(peer.originHost.toLowerCase());
      changed(deps, peer, "connected", "");
    },
    peerClosed: (peer, reason) => {
      open.delete(peer.originHost.toLowerCase());
      changed(deps, peer, "disconnected", reason);
    },
    peerSuspected: ({ originHost, address }) =>
      log("warning", "peer does not answer", { application, originHost, address }),
    peerRefused: (refusal) => {
      log("warning", "peer refused", { application, ...refusal });
      refusals.report(refusal);
    },
    handlerFailed: (error, { commandCode }, { originHost }) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log("error", "request failed", { application, originHost, commandCode, error: text });
    },
  };
}

function changed(
  { reporter, log, application }: PeerEventsDeps,
  { originHost, address, tls: identity, context }: Peer<PeerContext>,
  state: "connected" | "disconnected",
  reason: string,
): void {
  const tls = identity !== undefined;
  log("info", `peer ${state}`, { application, originHost, address, tls, reason });
  const { tenantId, epcId, role } = context;
  if (tenantId === "") return;
  const at = epcId === undefined ? {} : { epcId };
  reporter.connection({ tenantId, originHost, ...at, role, state, reason, address, tls });
}

/** The tenant whose node it is, or whose realm it names, gets to know; other names concern nobody. */
class Refusals {
  private readonly deps: PeerEventsDeps;
  private readonly open: ReadonlySet<string>;
  private readonly seldom: Seldom;

  constructor(deps: PeerEventsDeps, open: ReadonlySet<string>) {
    this.deps = deps;
    this.open = open;
    this.seldom = new Seldom(PERIOD_MS, deps.now ?? Date.now);
  }

  report({ originHost, reason, address, tls }: Refusal): void {
    if (originHost === undefined || this.seldom.pass(`${originHost} ${reason}`) === undefined) return;
    const { directory, reporter } = this.deps;
    const owner = directory.peer(originHost) ?? byRealm(directory, originHost);
    if (!owner) return;
    const { tenantId, epcId, role } = owner;
    const at = epcId === undefined ? {} : { epcId };
    const message = `${originHost} from ${address} was refused: ${reason}`;
    reporter.activity({ tenantId, ...at, kind: "peer-refused", severity: "warning", message });
    // Who merely claims the name of a node that is connected does not make it look refused.
    if (this.open.has(originHost.toLowerCase())) return;
    reporter.connection({ tenantId, originHost, ...at, role, state: "refused", reason, address, tls });
  }
}

function byRealm(
  directory: Pick<Directory, "tenants">,
  originHost: string,
): Pick<PeerRecord, "tenantId" | "epcId" | "role"> | undefined {
  const name = originHost.toLowerCase();
  for (const { id, realm } of directory.tenants()) {
    if (name.endsWith(`.${realm.toLowerCase()}`)) return { tenantId: id, role: "other" };
  }
  return undefined;
}
