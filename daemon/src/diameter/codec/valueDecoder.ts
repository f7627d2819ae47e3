// Octets to values, by the type the dictionary gives (RFC 6733 4.2, 4.3).
import { addressText } from "./address.ts";
import { type AnyDefinition, type Avp, type AvpReader, encodedAvp } from "./avpDefinition.ts";
import { DiameterError } from "./diameterError.ts";
import { INVALID_AVP_LENGTH, INVALID_AVP_VALUE } from "./result.ts";

const NTP_EPOCH = 2_208_988_800;
const REPLACEMENT = "\ufffd";
type View = new (bytes: Buffer, from: number, to: number) => AvpReader;

/** The length that a type's data must have, or undefined where it varies. */
export function fixedLength(type: AnyDefinition["type"]): number | undefined {
  switch (type) {
    case "u32":
    case "i32":
    case "f32":
    case "enumerated":
    case "time":
      return 4;
    case "u64":
    case "i64":
      return 8;
    default:
      return undefined;
  }
}

/**
 * Decodes the data of an AVP that lies in `bytes` from `from` to `to` (its header before it).
 * @throws DiameterError 5014 for a wrong length, 5004 for a wrong value, both with the AVP as Failed-AVP.
 */
export function decodeValue(bytes: Buffer, definition: AnyDefinition, from: number, to: number, view: View): unknown {
  switch (definition.type) {
    case "octets":
      return bytes.subarray(from, to);
    case "utf8":
    case "identity":
      return text(bytes, definition, from, to);
    case "grouped":
      return new view(bytes, from, to);
    case "address":
      return address(bytes, definition, from, to);
    default:
      return fixed(bytes, definition, from, to);
  }
}

function fixed(bytes: Buffer, definition: AnyDefinition, from: number, to: number): unknown {
  if (to - from !== fixedLength(definition.type)) throw wrongLength(bytes, definition, from, to);
  switch (definition.type) {
    case "u32":
      return bytes.readUInt32BE(from);
    case "i32":
      return bytes.readInt32BE(from);
    case "enumerated":
      return enumerated(bytes, definition, from, to);
    case "u64":
      return bytes.readBigUInt64BE(from);
    case "i64":
      return bytes.readBigInt64BE(from);
    case "f32":
      return bytes.readFloatBE(from);
    default:
      return time(bytes.readUInt32BE(from));
  }
}

function enumerated(bytes: Buffer, definition: AnyDefinition, from: number, to: number): number {
  const value = bytes.readInt32BE(from);
  if (definition.values && !definition.values.includes(value)) throw wrongValue(bytes, definition, from, to);
  return value;
}

function text(bytes: Buffer, definition: AnyDefinition, from: number, to: number): string {
  const value = bytes.toString("utf8", from, to);
  // As many characters as octets means ASCII; a replacement character that was not sent means broken UTF-8.
  const broken = value.length !== to - from && value.includes(REPLACEMENT) && Buffer.byteLength(value) !== to - from;
  if (broken || (value.length === to - from && value.includes(REPLACEMENT))) {
    throw wrongValue(bytes, definition, from, to);
  }
  return value;
}

function address(bytes: Buffer, definition: AnyDefinition, from: number, to: number): string {
  const value = addressText(bytes.subarray(from, to));
  if (value === undefined) throw wrongValue(bytes, definition, from, to);
  return value;
}

/** RFC 6733 4.3.1: a value with the first bit clear is of the era that begins in 2036. */
function time(seconds: number): Date {
  const era = seconds >= 0x8000_0000 ? 0 : 0x1_0000_0000;
  return new Date((seconds + era - NTP_EPOCH) * 1000);
}

function wrongLength(bytes: Buffer, definition: AnyDefinition, from: number, to: number): DiameterError {
  const message = `${definition.name} has ${to - from} octets of data, not ${fixedLength(definition.type)}`;
  return new DiameterError(INVALID_AVP_LENGTH, message, failed(bytes, definition, from, to));
}

function wrongValue(bytes: Buffer, definition: AnyDefinition, from: number, to: number): DiameterError {
  return new DiameterError(
    INVALID_AVP_VALUE,
    `${definition.name} has an invalid value`,
    failed(bytes, definition, from, to),
  );
}

/** The AVP as it came, for Failed-AVP. */
function failed(bytes: Buffer, definition: AnyDefinition, from: number, to: number): Avp {
  const at = from - (definition.vendorId === 0 ? 8 : 12);
  const copy = Buffer.alloc((to - at + 3) & ~3);
  bytes.copy(copy, 0, at, to);
  return encodedAvp(copy);
}
