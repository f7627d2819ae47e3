// The documents that webhooks hear of. Each function unwraps what it is given, and calls its operation.
import {
  type Change,
  type DocumentSnapshot,
  type FirestoreEvent,
  onDocumentCreated,
  onDocumentWritten,
} from "firebase-functions/firestore";
import { deps } from "../config.ts";
import {
  announceAlert,
  announceEpcEvent,
  announceRemsimEvent,
  announceRollout,
  type Seen,
} from "../operations/webhooks/announceDocuments.ts";

/** What fails is tried again for a day at most, which announcing twice does no harm. */
const options = { memory: "256MiB", concurrency: 80, retry: true } as const;

export const webhookEpcEvent = onDocumentCreated(
  { ...options, document: "tenants/{tenant}/epcs/{epc}/events/{event}" },
  (event) => announceEpcEvent(deps(), event.params.tenant, event.params.epc, created(event)),
);

export const webhookRemsimEvent = onDocumentCreated(
  { ...options, document: "tenants/{tenant}/remsimEvents/{event}" },
  (event) => announceRemsimEvent(deps(), event.params.tenant, created(event)),
);

export const webhookAlert = onDocumentWritten({ ...options, document: "tenants/{tenant}/alerts/{alert}" }, (event) =>
  announceAlert(deps(), event.params.tenant, written(event)),
);

export const webhookRollout = onDocumentWritten(
  { ...options, document: "tenants/{tenant}/rollouts/{rollout}" },
  (event) => announceRollout(deps(), event.params.tenant, written(event)),
);

function created(event: FirestoreEvent<DocumentSnapshot | undefined>): Seen {
  return { path: event.document, version: "created", before: undefined, after: event.data?.data() };
}

function written(event: FirestoreEvent<Change<DocumentSnapshot> | undefined>): Seen {
  const { before, after } = event.data ?? {};
  const at = after?.updateTime;
  return {
    path: event.document,
    version: at ? `${at.seconds}.${at.nanoseconds}` : "deleted",
    before: before?.data(),
    after: after?.data(),
  };
}
