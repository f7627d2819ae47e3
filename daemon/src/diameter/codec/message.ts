// The Diameter header (RFC 6733 3) and messages as a whole.
import type { Avp } from "./avpDefinition.ts";
import { AvpView } from "./avpView.ts";
import { writeAvp } from "./avpWriter.ts";
import { DiameterError, FramingError } from "./diameterError.ts";
import { HEADER_LENGTH } from "./frame.ts";
import { OutputBuffer } from "./outputBuffer.ts";
import { INVALID_MESSAGE_LENGTH, UNSUPPORTED_VERSION } from "./result.ts";

export const VERSION = 1;
export const FLAG_REQUEST = 0x80;
export const FLAG_PROXIABLE = 0x40;
export const FLAG_ERROR = 0x20;
export const FLAG_RETRANSMITTED = 0x10;

export interface MessageFlags {
  readonly request: boolean;
  readonly proxiable: boolean;
  readonly error: boolean;
  readonly retransmitted: boolean;
}

export interface MessageHeader {
  readonly commandCode: number;
  readonly applicationId: number;
  readonly flags: Partial<MessageFlags>;
  readonly hopByHop: number;
  readonly endToEnd: number;
}

/** A received message: its header is read at once, its AVPs when asked for. It keeps the octets it came in. */
export class Message extends AvpView {
  readonly commandCode: number;
  readonly applicationId: number;
  /** The header's flag octet. */
  readonly flagBits: number;
  readonly hopByHop: number;
  readonly endToEnd: number;

  /** The message lies in `bytes` from `from` to `to`, which hold a whole header. */
  constructor(bytes: Buffer, from: number, to: number) {
    super(bytes, from + HEADER_LENGTH, to);
    this.flagBits = bytes[from + 4] as number;
    this.commandCode = bytes.readUIntBE(from + 5, 3);
    this.applicationId = bytes.readUInt32BE(from + 8);
    this.hopByHop = bytes.readUInt32BE(from + 12);
    this.endToEnd = bytes.readUInt32BE(from + 16);
  }

  get isRequest(): boolean {
    return (this.flagBits & FLAG_REQUEST) !== 0;
  }

  get flags(): MessageFlags {
    return {
      request: (this.flagBits & FLAG_REQUEST) !== 0,
      proxiable: (this.flagBits & FLAG_PROXIABLE) !== 0,
      error: (this.flagBits & FLAG_ERROR) !== 0,
      retransmitted: (this.flagBits & FLAG_RETRANSMITTED) !== 0,
    };
  }

  get version(): number {
    return this.bytes[this.from - HEADER_LENGTH] as number;
  }

  /** The octets of the whole message; they share its memory. */
  get octets(): Buffer {
    return this.bytes.subarray(this.from - HEADER_LENGTH, this.to);
  }
}

/**
 * Reads one whole message and checks that its AVPs fill it exactly.
 * @throws FramingError if the octets are not one message as long as its header says
 * @throws DiameterError 5011, 5015 or 5014 for another version, an odd length or an AVP that does not fit
 */
export function decodeMessage(bytes: Buffer): Message {
  const length = bytes.length < HEADER_LENGTH ? 0 : bytes.readUIntBE(1, 3);
  if (length !== bytes.length || length === 0)
    throw new FramingError(`message length ${length} in ${bytes.length} octets`);
  if (bytes[0] !== VERSION) throw new DiameterError(UNSUPPORTED_VERSION, `version ${bytes[0]}`);
  if (length % 4 !== 0) throw new DiameterError(INVALID_MESSAGE_LENGTH, `message length ${length}`);
  const message = new Message(bytes, 0, length);
  // Walking to the end checks each length; nothing has this definition's code.
  for (const _place of message.places());
  return message;
}

/** @throws RangeError naming the AVP whose value does not fit its type, or if the message is too long. */
export function encodeMessage(header: MessageHeader, avps: readonly Avp[]): Buffer {
  const output = new OutputBuffer();
  writeHeader(
    output,
    header.commandCode,
    header.applicationId,
    flagBits(header.flags),
    header.hopByHop,
    header.endToEnd,
  );
  for (const each of avps) writeAvp(output, each);
  endMessage(output);
  return output.message();
}

export function flagBits(flags: Partial<MessageFlags>): number {
  return (
    (flags.request ? FLAG_REQUEST : 0) |
    (flags.proxiable ? FLAG_PROXIABLE : 0) |
    (flags.error ? FLAG_ERROR : 0) |
    (flags.retransmitted ? FLAG_RETRANSMITTED : 0)
  );
}

/** Begins a message in `output`; AVPs follow, then `endMessage`. */
export function writeHeader(
  output: OutputBuffer,
  commandCode: number,
  applicationId: number,
  bits: number,
  hopByHop: number,
  endToEnd: number,
): void {
  output.begin();
  const at = output.reserve(HEADER_LENGTH);
  const bytes = output.bytes;
  bytes.writeUInt32BE((VERSION << 24) | HEADER_LENGTH, at);
  bytes.writeUInt32BE(((bits << 24) | commandCode) >>> 0, at + 4);
  bytes.writeUInt32BE(applicationId, at + 8);
  bytes.writeUInt32BE(hopByHop, at + 12);
  bytes.writeUInt32BE(endToEnd, at + 16);
}

/** Writes the length of the message that `writeHeader` began. @throws RangeError if it is longer than the header can say. */
export function endMessage(output: OutputBuffer): void {
  if (output.length > 0xffffff) throw new RangeError(`a message of ${output.length} octets`);
  output.patchLength(1, output.length);
}
