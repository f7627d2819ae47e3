// What handlers return, and how it becomes an answer (RFC 6733 6.2).
import { type AnyDefinition, type Avp, avp, encodedAvp } from "../codec/avpDefinition.ts";
import { encodeAvps, writeAvp } from "../codec/avpWriter.ts";
import { DiameterError } from "../codec/diameterError.ts";
import { endMessage, FLAG_ERROR, FLAG_PROXIABLE, type Message, writeHeader } from "../codec/message.ts";
import type { OutputBuffer } from "../codec/outputBuffer.ts";
import {
  AuthApplicationId,
  AuthSessionState,
  ErrorMessage,
  ExperimentalResult,
  ExperimentalResultCode,
  FailedAvp,
  OriginHost,
  OriginRealm,
  ProxyInfo,
  ResultCode,
  SessionId,
  VendorId,
  VendorSpecificApplicationId,
} from "../dictionary/base.ts";
import { APPLICATIONS } from "../dictionary/commands.ts";
import { THREEGPP } from "../dictionary/define.ts";
import { isExperimental, isProtocolError, RESULT } from "../dictionary/results.ts";

/**
 * An answer without what every answer has: Session-Id, the application, Auth-Session-State (as in the request, unless
 * `avps` has one), Origin-Host, Origin-Realm and Proxy-Info are added.
 */
export interface Answer {
  /** Result-Code; 2001 if there is no experimentalResult either. */
  readonly resultCode?: number;
  readonly experimentalResult?: { readonly vendorId: number; readonly code: number };
  readonly avps: readonly Avp[];
  /** The E-bit; without it, protocol errors (3xxx) have it. */
  readonly error?: boolean;
  readonly failedAvp?: Avp;
  readonly errorMessage?: string;
}

/** Who answers, encoded once. */
export interface Origin {
  readonly originHost: string;
  readonly originRealm: string;
  readonly encoded: Buffer;
}

export function originOf(originHost: string, originRealm: string): Origin {
  return { originHost, originRealm, encoded: encodeAvps([avp(OriginHost, originHost), avp(OriginRealm, originRealm)]) };
}

const named = new Map(
  APPLICATIONS.map(({ id, namedBy }) => {
    const auth = avp(AuthApplicationId, id);
    const vendorSpecific = avp(VendorSpecificApplicationId, [avp(VendorId, THREEGPP), auth]);
    return [id, encodedAvp(encodeAvps([namedBy === "auth" ? auth : vendorSpecific]))];
  }),
);

/** How messages of an application name it, or undefined if they don't. */
export function applicationAvp(applicationId: number): Avp | undefined {
  return named.get(applicationId);
}

/** Writes the answer to `request`. @throws RangeError if an AVP's value does not fit; `output` has then half a message. */
export function writeAnswer(output: OutputBuffer, request: Message, answer: Answer, origin: Origin): void {
  const resultCode = resultCodeOf(answer);
  const error = answer.error ?? (resultCode !== undefined && isProtocolError(resultCode));
  const bits = (request.flagBits & FLAG_PROXIABLE) | (error ? FLAG_ERROR : 0);
  const { commandCode, applicationId, hopByHop, endToEnd } = request;
  writeHeader(output, commandCode, applicationId, bits, hopByHop, endToEnd);
  copyAvp(output, request, SessionId);
  const application = error ? undefined : named.get(applicationId);
  if (application) writeAvp(output, application);
  writeResult(output, answer, resultCode);
  writeSessionState(output, request, answer);
  writeAvp(output, { definition: undefined, value: origin.encoded });
  for (const each of answer.avps) writeAvp(output, each);
  if (answer.errorMessage !== undefined) writeAvp(output, avp(ErrorMessage, answer.errorMessage));
  if (answer.failedAvp) writeAvp(output, avp(FailedAvp, [answer.failedAvp]));
  copyProxyInfo(output, request);
  endMessage(output);
}

/** The answer that a thrown DiameterError stands for. */
export function answerOf(error: DiameterError): Answer {
  const { resultCode, failedAvp, message } = error;
  return { resultCode, avps: [], errorMessage: message, ...(failedAvp ? { failedAvp } : {}) };
}

function resultCodeOf({ resultCode, experimentalResult }: Answer): number | undefined {
  if (experimentalResult === undefined) return resultCode ?? RESULT.SUCCESS;
  return isExperimental(experimentalResult.vendorId, experimentalResult.code) ? undefined : experimentalResult.code;
}

function writeResult(output: OutputBuffer, answer: Answer, resultCode: number | undefined): void {
  if (resultCode !== undefined) {
    writeAvp(output, avp(ResultCode, resultCode));
    return;
  }
  const { vendorId, code } = answer.experimentalResult as { vendorId: number; code: number };
  writeAvp(output, avp(ExperimentalResult, [avp(VendorId, vendorId), avp(ExperimentalResultCode, code)]));
}

function writeSessionState(output: OutputBuffer, request: Message, answer: Answer): void {
  for (const each of answer.avps) if (each.definition === (AuthSessionState as AnyDefinition)) return;
  copyAvp(output, request, AuthSessionState);
}

/** Copies the first such AVP as it came. A request so broken that it cannot be found has none. */
function copyAvp(output: OutputBuffer, request: Message, definition: AnyDefinition): void {
  try {
    const at = request.find(definition, request.from);
    if (at >= 0) copyRange(output, request, at);
  } catch (error) {
    if (!(error instanceof DiameterError)) throw error;
  }
}

/** RFC 6733 6.2: all of them, in the same order. */
function copyProxyInfo(output: OutputBuffer, request: Message): void {
  try {
    let at = request.find(ProxyInfo, request.from);
    for (; at >= 0; at = request.find(ProxyInfo, request.after(at))) copyRange(output, request, at);
  } catch (error) {
    if (!(error instanceof DiameterError)) throw error;
  }
}

function copyRange(output: OutputBuffer, request: Message, at: number): void {
  const to = request.after(at);
  if (to > request.to) return;
  const target = output.reserve(to - at);
  request.bytes.copy(output.bytes, target, at, to);
}
