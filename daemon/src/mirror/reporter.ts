import { randomBytes } from "node:crypto";
import type { Registrations, Reporter, Sessions } from "../records.ts";
import { EquipmentSeen } from "./equipmentSeen.ts";
import { OncePerMinute } from "./oncePerMinute.ts";
import type { MirrorInside } from "./openMirror.ts";
import { type LiveChange, mergedLive } from "./report.ts";
import { sessionKey } from "./sessions.ts";

/** The reporter of cloud mode: every call puts a report on disk and returns. */
export function queueingReporter({
  inside,
}: {
  inside: MirrorInside;
  registrations: Registrations;
  sessions: Sessions;
}): Reporter {
  const { outbox, subscribers, environment, log, now } = inside;
  const seen = new EquipmentSeen(environment);
  const authenticated = new OncePerMinute();
  const failed = new OncePerMinute();

  const live = (tenantId: string, imsi: string, change: LiveChange): void =>
    outbox.add("state", `live/${tenantId}/${imsi}`, (before) =>
      before?.kind === "live"
        ? { ...before, change: mergedLive(before.change, change) }
        : { kind: "live", at: now(), tenantId, imsi, change },
    );
  const activity: Reporter["activity"] = ({ tenantId, imsi, epcId, kind, severity, message }) => {
    const id = randomBytes(10).toString("hex");
    const report = { kind: "activity" as const, at: now(), tenantId, id, imsi, epcId, severity, message };
    outbox.add("activity", `activity/${id}`, () => ({ ...report, activity: kind }));
  };

  return {
    activity,
    registered: (registration) => live(registration.tenantId, registration.imsi, { registration }),
    detached: (tenantId, imsi, state) => live(tenantId, imsi, { gone: { state, at: now() } }),
    authenticated: (tenantId, imsi, at) => {
      if (authenticated.isFirst(imsi, at)) live(tenantId, imsi, { lastAuthenticationAt: at });
    },
    authenticationFailed: (tenantId, imsi, at, reason) => {
      if (failed.isFirst(imsi, at)) live(tenantId, imsi, { lastFailure: { at, reason } });
    },
    sqnOffset: (tenantId, imsi, offset) => {
      const stored = subscribers.setOffset(imsi, offset);
      stored.catch((error) => log.writeFailed("SQN offset", error));
      outbox.add("state", `offset/${tenantId}/${imsi}`, (before) => ({
        ...{ kind: "offset", tenantId, imsi, offset },
        at: before?.at ?? now(),
      }));
      return stored;
    },
    equipmentSeen: (tenantId, imsi, imei, softwareVersion) => {
      const { changedFrom, report } = seen.seen(imsi, imei, softwareVersion, now());
      if (!report) return;
      live(tenantId, imsi, { equipment: { imei, softwareVersion } });
      const lastAt = now();
      outbox.add("state", `equipment/${tenantId}/${imsi}/${imei}`, (before) => {
        const firstAt = before?.kind === "equipment" ? before.firstAt : lastAt;
        return { kind: "equipment", at: before?.at ?? lastAt, tenantId, imsi, imei, firstAt, lastAt };
      });
      if (changedFrom === undefined) return;
      const message = `equipment ${changedFrom} was changed for ${imei}`;
      activity({ tenantId, imsi, kind: "imei-change", severity: "warning", message });
    },
    sessionChanged: (session, state) => {
      const { tenantId, imsi, sessionId } = session;
      const endedAt = state === "ended" ? now() : undefined;
      outbox.add("session", `session/${tenantId}/${sessionKey(sessionId)}`, (before) => ({
        ...{ kind: "session", tenantId, session, state, endedAt },
        at: before?.at ?? now(),
      }));
      live(tenantId, imsi, { sessions: true });
    },
    usage: (tenantId, imsi, counter) => live(tenantId, imsi, { usage: counter }),
    connection: (change) =>
      outbox.add("state", `connection/${change.tenantId}/${change.originHost}`, () => ({
        ...{ kind: "connection", at: now(), epcId: undefined },
        ...change,
      })),
    askOthers: ({ tenantId, imsi, action, peer, cancellationType }) => {
      const id = `hss_${randomBytes(8).toString("hex")}`;
      const report = { kind: "command" as const, at: now(), tenantId, imsi, action, peer, cancellationType, id };
      outbox.add("state", `command/${id}`, () => report);
    },
  };
}
