// Commands and applications, as data: codes, names, and what a request must carry.
import type { AnyDefinition } from "../codec/avpDefinition.ts";
import * as base from "./base.ts";
import * as s6a from "./s6a.ts";

export const APPLICATION = { BASE: 0, S6A: 16777251, S13: 16777252, GX: 16777238, RELAY: 0xffffffff } as const;

export const COMMAND = {
  CAPABILITIES_EXCHANGE: 257,
  RE_AUTH: 258,
  CREDIT_CONTROL: 272,
  DEVICE_WATCHDOG: 280,
  DISCONNECT_PEER: 282,
  UPDATE_LOCATION: 316,
  CANCEL_LOCATION: 317,
  AUTHENTICATION_INFORMATION: 318,
  INSERT_SUBSCRIBER_DATA: 319,
  DELETE_SUBSCRIBER_DATA: 320,
  PURGE_UE: 321,
  RESET: 322,
  NOTIFY: 323,
  ME_IDENTITY_CHECK: 324,
} as const;

/** RFC 6733 5.4.3. */
export const DISCONNECT = { REBOOTING: 0, BUSY: 1, DO_NOT_WANT_TO_TALK_TO_YOU: 2 } as const;

export interface ApplicationDefinition {
  readonly id: number;
  readonly name: string;
  /** How its messages name it: S6a and S13 by Vendor-Specific-Application-Id, Gx by Auth-Application-Id. */
  readonly namedBy: "vendorSpecific" | "auth";
}

export interface CommandDefinition {
  readonly applicationId: number;
  readonly commandCode: number;
  readonly request: string;
  readonly answer: string;
  readonly clause: string;
  /** AVPs that a request must carry exactly once, in the order in which they are missed. */
  readonly required: readonly AnyDefinition[];
}

export const APPLICATIONS: readonly ApplicationDefinition[] = [
  { id: APPLICATION.S6A, name: "S6a", namedBy: "vendorSpecific" },
  { id: APPLICATION.S13, name: "S13", namedBy: "vendorSpecific" },
  { id: APPLICATION.GX, name: "Gx", namedBy: "auth" },
];

const origin = [base.OriginHost, base.OriginRealm];
/** Requests towards the HSS or EIR, which need not name the host. */
const up = [base.SessionId, base.AuthSessionState, ...origin, base.DestinationRealm];
/** Requests towards the MME, which must. */
const down = [base.SessionId, base.AuthSessionState, ...origin, base.DestinationHost, base.DestinationRealm];

const row = (
  applicationId: number,
  commandCode: number,
  name: string,
  clause: string,
  required: readonly AnyDefinition[],
): CommandDefinition => ({ applicationId, commandCode, request: `${name}R`, answer: `${name}A`, clause, required });

const { BASE, S6A, S13, GX } = APPLICATION;

export const COMMANDS: readonly CommandDefinition[] = [
  row(BASE, COMMAND.CAPABILITIES_EXCHANGE, "CE", "RFC 6733 5.3.1", [
    ...origin,
    base.HostIpAddress,
    base.VendorId,
    base.ProductName,
  ]),
  row(BASE, COMMAND.DEVICE_WATCHDOG, "DW", "RFC 6733 5.5.1", origin),
  row(BASE, COMMAND.DISCONNECT_PEER, "DP", "RFC 6733 5.4.1", [...origin, base.DisconnectCause]),
  row(S6A, COMMAND.UPDATE_LOCATION, "UL", "TS 29.272 7.2.3", [...up, base.UserName, s6a.UlrFlags, s6a.VisitedPlmnId]),
  row(S6A, COMMAND.AUTHENTICATION_INFORMATION, "AI", "TS 29.272 7.2.5", [...up, base.UserName, s6a.VisitedPlmnId]),
  row(S6A, COMMAND.CANCEL_LOCATION, "CL", "TS 29.272 7.2.7", [...down, base.UserName, s6a.CancellationType]),
  row(S6A, COMMAND.INSERT_SUBSCRIBER_DATA, "ID", "TS 29.272 7.2.9", [...down, base.UserName, s6a.SubscriptionData]),
  row(S6A, COMMAND.DELETE_SUBSCRIBER_DATA, "DS", "TS 29.272 7.2.11", [...down, base.UserName, s6a.DsrFlags]),
  row(S6A, COMMAND.PURGE_UE, "PU", "TS 29.272 7.2.13", [...up, base.UserName]),
  row(S6A, COMMAND.RESET, "RS", "TS 29.272 7.2.15", down),
  row(S6A, COMMAND.NOTIFY, "NO", "TS 29.272 7.2.17", [...up, base.UserName]),
  row(S13, COMMAND.ME_IDENTITY_CHECK, "EC", "TS 29.272 7.2.19", [...up, s6a.TerminalInformation]),
  row(GX, COMMAND.CREDIT_CONTROL, "CC", "TS 29.212 5.6.2", [
    base.SessionId,
    base.AuthApplicationId,
    ...origin,
    base.DestinationRealm,
    base.CcRequestType,
    base.CcRequestNumber,
  ]),
  row(GX, COMMAND.RE_AUTH, "RA", "TS 29.212 5.6.4", [
    base.SessionId,
    base.AuthApplicationId,
    ...origin,
    base.DestinationRealm,
    base.DestinationHost,
    base.ReAuthRequestType,
  ]),
];

const byKey = new Map(COMMANDS.map((each) => [commandKey(each.applicationId, each.commandCode), each]));
const byApplication = new Map(APPLICATIONS.map((each) => [each.id, each]));

/** One number for an application's command. */
export function commandKey(applicationId: number, commandCode: number): number {
  return applicationId * 0x1000000 + commandCode;
}

export function commandOf(applicationId: number, commandCode: number): CommandDefinition | undefined {
  return byKey.get(commandKey(applicationId, commandCode));
}

export function applicationOf(applicationId: number): ApplicationDefinition | undefined {
  return byApplication.get(applicationId);
}
