import type { Message } from "../diameter/codec/message.ts";
import { ExperimentalResult, ExperimentalResultCode, ResultCode } from "../diameter/dictionary/base.ts";
import { PeerUnavailable } from "../diameter/peer/pendingRequests.ts";

/** What an MME answered: `code` is its Result-Code, or Experimental-Result-Code; 0 without either. */
export type Outcome =
  | { readonly state: "done" }
  | { readonly state: "refused"; readonly code: number; readonly experimental: boolean }
  | { readonly state: "unreachable"; readonly reason: string };

/** Awaits an answer. An MME that does not answer is an outcome, not an error. */
export async function outcomeOf(request: Promise<Message>): Promise<Outcome> {
  let answer: Message;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof PeerUnavailable) return { state: "unreachable", reason: error.message };
    throw error;
  }
  const code = answer.get(ResultCode);
  if (code !== undefined && code >= 2000 && code < 3000) return { state: "done" };
  if (code !== undefined) return { state: "refused", code, experimental: false };
  const experimental = answer.get(ExperimentalResult)?.get(ExperimentalResultCode) ?? 0;
  return { state: "refused", code: experimental, experimental: true };
}

/** For operators. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome.state) {
    case "done":
      return "done";
    case "refused":
      return `the MME refused it with ${outcome.experimental ? "Experimental-Result" : "Result-Code"} ${outcome.code}`;
    case "unreachable":
      return `the MME does not answer: ${outcome.reason}`;
  }
}
