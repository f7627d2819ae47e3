// Avp objects to octets (RFC 6733 4.1).
import { addressBytes } from "./address.ts";
import type { AnyDefinition, Avp } from "./avpDefinition.ts";
import { OutputBuffer } from "./outputBuffer.ts";

const FLAG_VENDOR = 0x80;
const FLAG_MANDATORY = 0x40;
/** Seconds from 1900 (NTP, RFC 6733 4.3.1 Time) to 1970. */
const NTP_EPOCH = 2_208_988_800;
const MAX_LENGTH = 0xffffff;

/** Encodes AVPs alone: what `encodedAvp` takes. @throws RangeError naming the AVP whose value does not fit. */
export function encodeAvps(avps: readonly Avp[]): Buffer {
  const output = new OutputBuffer();
  output.begin();
  for (const each of avps) writeAvp(output, each);
  return output.message();
}

/** @throws RangeError or TypeError naming the AVP whose value does not fit its type. */
export function writeAvp(output: OutputBuffer, { definition, value }: Avp): void {
  if (definition === undefined) {
    copy(output, value as Buffer);
    return;
  }
  try {
    writeValue(output, definition, value);
  } catch (error) {
    // From within a group it has its name already.
    if (error instanceof RangeError && error.message.startsWith("AVP ")) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new RangeError(`AVP ${definition.name}: ${message}`, { cause: error });
  }
}

function writeValue(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  switch (definition.type) {
    case "u32":
      writeUnsigned(output, definition, value);
      return;
    case "enumerated":
    case "i32": {
      const at = header(output, definition, 4);
      output.bytes.writeInt32BE(integer(value), at);
      return;
    }
    case "utf8":
    case "identity":
      writeText(output, definition, value);
      return;
    case "octets":
      writeOctets(output, definition, value);
      return;
    case "grouped":
      writeGroup(output, definition, value);
      return;
    default:
      writeRare(output, definition, value);
  }
}

function writeRare(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  switch (definition.type) {
    case "u64":
    case "i64":
    case "f32":
      writeWide(output, definition, value);
      return;
    case "address":
      writeOctets(output, definition, addressBytes(value as string));
      return;
    case "time":
      writeUnsigned(output, definition, ntpSeconds(value));
      return;
    default:
      throw new TypeError(`no way to write the type ${definition.type}`);
  }
}

function writeWide(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  // The header first: it may move `output` to another chunk.
  const at = header(output, definition, definition.type === "f32" ? 4 : 8);
  if (definition.type === "f32") output.bytes.writeFloatBE(value as number, at);
  else if (definition.type === "u64") output.bytes.writeBigUInt64BE(big(value), at);
  else output.bytes.writeBigInt64BE(big(value), at);
}

/** Writes the header of an AVP with `length` octets of data. @returns where the data goes; padding is zero already. */
function header(output: OutputBuffer, definition: AnyDefinition, length: number): number {
  const head = definition.vendorId === 0 ? 8 : 12;
  const total = head + length;
  if (total > MAX_LENGTH) throw new RangeError(`${length} octets are too many`);
  const padding = -total & 3;
  const at = output.reserve(total + padding);
  const bytes = output.bytes;
  const { code, vendorId } = definition;
  bytes[at] = code >>> 24;
  bytes[at + 1] = code >>> 16;
  bytes[at + 2] = code >>> 8;
  bytes[at + 3] = code;
  bytes[at + 4] = (vendorId === 0 ? 0 : FLAG_VENDOR) | (definition.mandatory ? FLAG_MANDATORY : 0);
  bytes[at + 5] = total >>> 16;
  bytes[at + 6] = total >>> 8;
  bytes[at + 7] = total;
  if (vendorId !== 0) {
    bytes[at + 8] = vendorId >>> 24;
    bytes[at + 9] = vendorId >>> 16;
    bytes[at + 10] = vendorId >>> 8;
    bytes[at + 11] = vendorId;
  }
  for (let n = 0; n < padding; n++) bytes[at + total + n] = 0;
  return at + head;
}

function writeUnsigned(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  const number = value as number;
  if (!(Number.isInteger(number) && number >= 0 && number <= 0xffffffff)) throw new RangeError(`${value} is no u32`);
  const at = header(output, definition, 4);
  const bytes = output.bytes;
  bytes[at] = number >>> 24;
  bytes[at + 1] = number >>> 16;
  bytes[at + 2] = number >>> 8;
  bytes[at + 3] = number;
}

function writeText(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  if (typeof value !== "string") throw new TypeError("a string is needed");
  const length = Buffer.byteLength(value);
  const at = header(output, definition, length);
  if (length === value.length) output.bytes.write(value, at, length, "latin1");
  else output.bytes.write(value, at, length, "utf8");
}

function writeOctets(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new TypeError("octets are needed");
  const at = header(output, definition, value.length);
  output.bytes.set(value, at);
}

function writeGroup(output: OutputBuffer, definition: AnyDefinition, value: unknown): void {
  const start = output.length;
  header(output, definition, 0);
  for (const each of value as readonly Avp[]) writeAvp(output, each);
  const total = output.length - start;
  if (total > MAX_LENGTH) throw new RangeError("the group is too long");
  output.patchLength(start + 5, total);
}

function copy(output: OutputBuffer, bytes: Buffer): void {
  const at = output.reserve(bytes.length);
  output.bytes.set(bytes, at);
}

function integer(value: unknown): number {
  if (!Number.isInteger(value)) throw new RangeError(`${value} is no integer`);
  return value as number;
}

function big(value: unknown): bigint {
  if (typeof value !== "bigint") throw new TypeError("a bigint is needed");
  return value;
}

/** RFC 6733 4.3.1: seconds since 1900 modulo 2^32 (so 2036 begins at 0 again). */
function ntpSeconds(value: unknown): number {
  const seconds = Math.floor((value as Date).getTime() / 1000) + NTP_EPOCH;
  return ((seconds % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000;
}
