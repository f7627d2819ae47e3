// The PCRF's side of Gx that answers (3GPP TS 29.212 5.6.2, 5.6.3).
import type { Avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import type { Message } from "../diameter/codec/message.ts";
import { CcRequestNumber, CcRequestType } from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import { type Answer, answerOf } from "../diameter/peer/answer.ts";
import type { Handler } from "../diameter/peer/dispatcher.ts";
import type { PeerContext } from "../peerContext.ts";
import { ccrInitial } from "./ccrInitial.ts";
import { ccrTermination } from "./ccrTermination.ts";
import { ccrUpdate } from "./ccrUpdate.ts";
import type { CreditControlDeps, Requester } from "./creditControl.ts";

/** RFC 4006 8.3. */
const INITIAL_REQUEST = 1;
const UPDATE_REQUEST = 2;
const TERMINATION_REQUEST = 3;

export interface PcrfHandler<C> {
  readonly applicationId: number;
  readonly commandCode: number;
  readonly handler: Handler<C>;
}

/** Handlers of all requests that an SMF sends. */
export function pcrfHandlers<C extends PeerContext>(deps: CreditControlDeps): PcrfHandler<C>[] {
  const handler: Handler<C> = (request, peer) => creditControl(deps, request, peer);
  return [{ applicationId: APPLICATION.GX, commandCode: COMMAND.CREDIT_CONTROL, handler }];
}

/** Every CCA has the CCR's CC-Request-Type and CC-Request-Number, errors too. */
async function creditControl(deps: CreditControlDeps, request: Message, peer: Requester): Promise<Answer> {
  const echo = [request.copy(CcRequestType), request.copy(CcRequestNumber)].filter((each) => each !== undefined);
  const answer = await answered(deps, request, peer);
  return { ...answer, avps: [...echo, ...answer.avps] };
}

async function answered(deps: CreditControlDeps, request: Message, peer: Requester): Promise<Answer> {
  try {
    return await byType(deps, request, peer);
  } catch (error) {
    if (error instanceof DiameterError) return answerOf(error);
    throw error;
  }
}

async function byType(deps: CreditControlDeps, request: Message, peer: Requester): Promise<Answer> {
  switch (request.get(CcRequestType)) {
    case INITIAL_REQUEST:
      return ccrInitial(deps, request, peer);
    case UPDATE_REQUEST:
      return ccrUpdate(deps, request, peer);
    case TERMINATION_REQUEST:
      return ccrTermination(deps, request, peer);
    default: {
      // Gx has sessions only: EVENT_REQUEST is of RFC 4006, not of TS 29.212 5.6.2.
      const failed: Avp | undefined = request.copy(CcRequestType);
      throw new DiameterError(RESULT.INVALID_AVP_VALUE, "Gx has no EVENT_REQUEST", failed);
    }
  }
}
