import type { Registration } from "../records.ts";
import { CANCELLATION, sendClr } from "./clr.ts";
import type { HssDeps } from "./deps.ts";
import { outcomeWords } from "./outcome.ts";

/** Names a subscriber's leaving of an MME. */
export function movedKey(imsi: string, mme: string): string {
  return `${imsi} ${mme.toLowerCase()}`;
}

/** The MME that served the subscriber before is to forget it: by us if it is connected here, else by whoever has it. */
export function cancelOld(deps: HssDeps, { imsi, tenantId, mme }: Registration): void {
  const cancellationType = CANCELLATION.MME_UPDATE_PROCEDURE;
  const askOthers = (): void => {
    deps.reporter.askOthers({ tenantId, imsi, action: "cancel-location", peer: mme, cancellationType });
  };
  const peer = deps.mmes.get(mme);
  if (!peer) {
    askOthers();
    return;
  }
  deps.moved.pass(movedKey(imsi, mme));
  void sendClr(peer, imsi, cancellationType).then((outcome) => {
    if (outcome.state === "done") return;
    deps.log.oldLocationNotCancelled({ imsi, mme, outcome: outcomeWords(outcome) });
    // It may have moved to another process while we waited.
    if (outcome.state === "unreachable") askOthers();
  });
}
