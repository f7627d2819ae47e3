import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import type { Handler } from "../diameter/peer/dispatcher.ts";
import type { PeerContext } from "../peerContext.ts";
import { answerAir } from "./air.ts";
import type { HssDeps } from "./deps.ts";
import { answerEcr } from "./ecr.ts";
import { answerNor } from "./nor.ts";
import { answerPur } from "./pur.ts";
import { answerUlr } from "./ulr.ts";

export interface ApplicationHandler {
  readonly applicationId: number;
  readonly commandCode: number;
  readonly handler: Handler<PeerContext>;
}

/** What the HSS and EIR answer. Compose with `commandKey`, wrapped by whatever counts. */
export function hssHandlers(deps: HssDeps): ApplicationHandler[] {
  const { S6A, S13 } = APPLICATION;
  const row = (applicationId: number, commandCode: number, handler: Handler<PeerContext>): ApplicationHandler => ({
    applicationId,
    commandCode,
    handler,
  });
  return [
    row(S6A, COMMAND.AUTHENTICATION_INFORMATION, (request, peer) => answerAir(deps, request, peer)),
    row(S6A, COMMAND.UPDATE_LOCATION, (request, peer) => answerUlr(deps, request, peer)),
    row(S6A, COMMAND.PURGE_UE, (request, peer) => answerPur(deps, request, peer)),
    row(S6A, COMMAND.NOTIFY, (request, peer) => answerNor(deps, request, peer)),
    row(S13, COMMAND.ME_IDENTITY_CHECK, (request, peer) => answerEcr(deps, request, peer)),
  ];
}

/** Auth-Application-Ids of the HSS's server. */
export const HSS_APPLICATIONS: readonly number[] = [APPLICATION.S6A, APPLICATION.S13];
