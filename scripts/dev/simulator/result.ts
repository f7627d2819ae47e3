import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import {
  ExperimentalResult,
  ExperimentalResultCode,
  ResultCode,
} from "../../../daemon/src/diameter/dictionary/base.ts";
import { RESULT } from "../../../daemon/src/diameter/dictionary/results.ts";

/** What an answer says of its request. */
export interface Result {
  readonly code: number;
  /** It stood in Experimental-Result. */
  readonly experimental: boolean;
}

/** 0 if the answer has neither Result-Code nor Experimental-Result. */
export function resultOf(answer: Message): Result {
  const experimental = answer.get(ExperimentalResult)?.get(ExperimentalResultCode);
  if (experimental !== undefined) return { code: experimental, experimental: true };
  return { code: answer.get(ResultCode) ?? 0, experimental: false };
}

export function isSuccess({ code, experimental }: Result): boolean {
  return !experimental && code === RESULT.SUCCESS;
}
