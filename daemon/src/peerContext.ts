/** What admission knows of a peer; `peer.context` for every handler. */
export interface PeerContext {
  /** Whose EPC it belongs to; of a peer that is merely trusted, empty. */
  readonly tenantId: string;
  readonly epcId?: string;
  readonly role: "mme" | "smf" | "other";
  /** Stand-alone mode: it may ask for every subscriber, whoever it is. */
  readonly trusted: boolean;
}
