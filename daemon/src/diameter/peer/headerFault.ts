import { DiameterError } from "../codec/diameterError.ts";
import { type Message, VERSION } from "../codec/message.ts";
import { RESULT } from "../dictionary/results.ts";

/** What is wrong with a message's header that its length could still be read from (RFC 6733 7.1.5), if anything is. */
export function headerFault(message: Message): DiameterError | undefined {
  if (message.version !== VERSION) return new DiameterError(RESULT.UNSUPPORTED_VERSION, `version ${message.version}`);
  if ((message.to - message.from) % 4 === 0) return undefined;
  return new DiameterError(RESULT.INVALID_MESSAGE_LENGTH, "the message length is no multiple of 4");
}
