// A range of octets read as AVPs (RFC 6733 4.1). Nothing is decoded, and nothing allocated, until a value is asked for.
import type { AnyDefinition, Avp, AvpDefinition, AvpReader } from "./avpDefinition.ts";
import { encodedAvp } from "./avpDefinition.ts";
import { DiameterError } from "./diameterError.ts";
import { INVALID_AVP_LENGTH } from "./result.ts";
import { decodeValue } from "./valueDecoder.ts";

export const FLAG_VENDOR = 0x80;
export const FLAG_MANDATORY = 0x40;

/** Where an AVP lies in `bytes`: its header at `at`, its data from `data` to `end` (without padding). */
export interface AvpPlace {
  readonly code: number;
  readonly vendorId: number;
  readonly flags: number;
  readonly at: number;
  readonly data: number;
  readonly end: number;
}

export class AvpView implements AvpReader {
  /** The buffer that holds the AVPs; it may hold other things around them. */
  readonly bytes: Buffer;
  /** Where the first AVP begins, and where the last one's padding ends. */
  readonly from: number;
  readonly to: number;

  constructor(bytes: Buffer, from: number, to: number) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  get<Read>(definition: AvpDefinition<Read, never>): Read | undefined {
    const at = this.find(definition, this.from);
    return at < 0 ? undefined : this.decode(definition, at);
  }

  all<Read>(definition: AvpDefinition<Read, never>): Read[] {
    const values: Read[] = [];
    for (let at = this.find(definition, this.from); at >= 0; at = this.find(definition, this.after(at))) {
      values.push(this.decode(definition, at));
    }
    return values;
  }

  has(definition: AnyDefinition): boolean {
    return this.find(definition, this.from) >= 0;
  }

  /** The octets of the first such AVP, header and padding included, or undefined. They share the message's memory. */
  encoded(definition: AnyDefinition): Buffer | undefined {
    const at = this.find(definition, this.from);
    return at < 0 ? undefined : this.bytes.subarray(at, this.after(at));
  }

  /** All AVPs in order, for tools and logs. */
  *places(): Generator<AvpPlace> {
    const { bytes } = this;
    for (let at = this.from; at < this.to; at = this.after(at)) {
      const flags = bytes[at + 4] ?? 0;
      const vendor = (flags & FLAG_VENDOR) !== 0;
      const end = at + this.length(at);
      const vendorId = vendor ? bytes.readUInt32BE(at + 8) : 0;
      yield { code: bytes.readUInt32BE(at), vendorId, flags, at, data: at + (vendor ? 12 : 8), end };
    }
  }

  /** A copy of the first such AVP to write into another message. */
  copy(definition: AnyDefinition): Avp | undefined {
    const bytes = this.encoded(definition);
    return bytes === undefined ? undefined : encodedAvp(Buffer.from(bytes));
  }

  /** @returns where the first such AVP at or behind `from` begins, or -1. */
  find(definition: AnyDefinition, from: number): number {
    const { bytes, to } = this;
    const { code, vendorId } = definition;
    for (let at = from; at < to; at = this.after(at)) {
      if (word(bytes, at) !== code) continue;
      const vendor = ((bytes[at + 4] as number) & FLAG_VENDOR) === 0 ? 0 : word(bytes, at + 8);
      if (vendor === vendorId) return at;
    }
    return -1;
  }

  /** Where the AVP behind the one at `at` begins. */
  after(at: number): number {
    return at + ((this.length(at) + 3) & ~3);
  }

  private length(at: number): number {
    const { bytes, to } = this;
    const room = to - at;
    const length =
      room < 8 ? 0 : ((bytes[at + 5] as number) << 16) | ((bytes[at + 6] as number) << 8) | (bytes[at + 7] as number);
    const least = ((bytes[at + 4] as number) & FLAG_VENDOR) === 0 ? 8 : 12;
    if (length < least || length > room) throw new DiameterError(INVALID_AVP_LENGTH, `AVP length ${length} at ${at}`);
    return length;
  }

  private decode<Read>(definition: AvpDefinition<Read, never>, at: number): Read {
    const head = definition.vendorId === 0 ? 8 : 12;
    return decodeValue(this.bytes, definition, at + head, at + this.length(at), AvpView) as Read;
  }
}

function word(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
