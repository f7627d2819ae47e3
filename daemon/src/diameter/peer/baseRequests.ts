// Requests of the base protocol on an open connection (RFC 6733 5.4, 5.5).
import { avp } from "../codec/avpDefinition.ts";
import { checkAvps, checkRequired } from "../codec/checkAvps.ts";
import { DiameterError } from "../codec/diameterError.ts";
import type { Message } from "../codec/message.ts";
import { DisconnectCause, OriginStateId } from "../dictionary/base.ts";
import { APPLICATION, COMMAND, commandOf } from "../dictionary/commands.ts";
import { definitionOf } from "../dictionary/dictionary.ts";
import { RESULT } from "../dictionary/results.ts";
import { type Answer, answerOf } from "./answer.ts";

export interface BaseAnswer {
  readonly answer: Answer;
  /** Set if the peer says goodbye. */
  readonly disconnectCause?: number;
}

export function answerBase(request: Message, originStateId: number): BaseAnswer {
  try {
    return { answer: { avps: [] }, ...checked(request, originStateId) };
  } catch (error) {
    if (!(error instanceof DiameterError)) throw error;
    return { answer: answerOf(error) };
  }
}

/** @throws DiameterError if the request is not as RFC 6733 has it. */
function checked(request: Message, originStateId: number): Partial<BaseAnswer> {
  const command = commandOf(APPLICATION.BASE, request.commandCode);
  if (!command) throw new DiameterError(RESULT.COMMAND_UNSUPPORTED, `command ${request.commandCode}`);
  if (request.commandCode === COMMAND.CAPABILITIES_EXCHANGE) {
    throw new DiameterError(RESULT.UNABLE_TO_COMPLY, "capabilities were exchanged already");
  }
  checkAvps(request, definitionOf);
  checkRequired(request, command.required);
  if (request.commandCode === COMMAND.DISCONNECT_PEER) return { disconnectCause: request.get(DisconnectCause) ?? 0 };
  return { answer: { avps: [avp(OriginStateId, originStateId)] } };
}
