import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";

/** The peers that are connected to this process, by Origin-Host. */
export class MmeConnections {
  private readonly peers = new Map<string, Peer<PeerContext>>();

  /** Remembers a peer until its connection is gone. */
  add(peer: Peer<PeerContext>): void {
    const key = peer.originHost.toLowerCase();
    this.peers.set(key, peer);
    void peer.closed.then(() => {
      if (this.peers.get(key) === peer) this.peers.delete(key);
    });
  }

  /** @returns the peer, if it is connected and answers. */
  get(originHost: string): Peer<PeerContext> | undefined {
    const peer = this.peers.get(originHost.toLowerCase());
    return peer?.isOpen ? peer : undefined;
  }

  all(): Peer<PeerContext>[] {
    return [...this.peers.values()];
  }
}
