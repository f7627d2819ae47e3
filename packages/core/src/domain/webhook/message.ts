/** An event as webhooks are told of it. */
export interface PublicEvent {
  /** The same for every webhook and attempt. */
  id: string;
  type: string;
  at: Date;
  data: Record<string, unknown>;
}

/** The body of a delivery. */
export function messageBody(tenantId: string, event: PublicEvent): string {
  const { id, type, at, data } = event;
  return JSON.stringify({ id, type, timestamp: at.toISOString(), tenant_id: tenantId, data });
}

/** What the signature is of (Standard Webhooks, "Signature scheme"). `seconds`: of the attempt, since 1970. */
export function signedMessage(id: string, seconds: number, body: string): string {
  return `${id}.${seconds}.${body}`;
}
