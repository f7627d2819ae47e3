import type { Reporter } from "../records.ts";
import { EquipmentSeen } from "./equipmentSeen.ts";
import type { MirrorInside } from "./openMirror.ts";

/** The reporter of stand-alone mode: what an operator would see in the cloud becomes a line in the log. */
export function loggingReporter(inside: MirrorInside): Reporter {
  const { log, subscribers, environment, now } = inside;
  const equipment = new EquipmentSeen(environment);
  const quiet = (): void => {};
  return {
    registered: (registration) =>
      log.reported("registered", registration.imsi, { mme: registration.mme, visitedPlmn: registration.visitedPlmn }),
    detached: (_tenantId, imsi, state) => log.reported("detached", imsi, { state }),
    authenticated: quiet,
    authenticationFailed: (_tenantId, imsi, _at, reason) => log.reported("authentication failed", imsi, { reason }),
    sqnOffset: (_tenantId, imsi, offset) => {
      const stored = subscribers.setOffset(imsi, offset);
      stored.catch((error) => log.writeFailed("SQN offset", error));
      log.reported("SQN resynchronised", imsi, {});
      return stored;
    },
    equipmentSeen: (_tenantId, imsi, imei, softwareVersion) => {
      const { changedFrom } = equipment.seen(imsi, imei, softwareVersion, now());
      if (changedFrom !== undefined) log.reported("equipment changed", imsi, {});
    },
    sessionChanged: ({ imsi, apn, address, peer }, state) =>
      log.reported(`session ${state}`, imsi, { apn, address, peer }),
    usage: quiet,
    activity: ({ imsi, kind, severity, message }) => log.reported("activity", imsi, { kind, level: severity, message }),
    connection: ({ originHost, role, state, reason, address, tls }) =>
      log.reported("peer", undefined, { originHost, role, state, reason, address, tls }),
    askOthers: quiet,
  };
}
