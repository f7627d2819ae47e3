// What RFC 6733 demands of a request's AVPs before anybody reads them.
import { type AnyDefinition, type Avp, avp, encodedAvp, type GroupedDefinition } from "./avpDefinition.ts";
import { type AvpView, FLAG_MANDATORY, FLAG_VENDOR } from "./avpView.ts";
import { DiameterError } from "./diameterError.ts";
import {
  AVP_OCCURS_TOO_MANY_TIMES,
  AVP_UNSUPPORTED,
  INVALID_AVP_BITS,
  INVALID_AVP_LENGTH,
  INVALID_AVP_VALUE,
  MISSING_AVP,
} from "./result.ts";
import { fixedLength } from "./valueDecoder.ts";

/** Groups within groups beyond this are refused: no application of ours needs more than 5. */
export const MAX_DEPTH = 16;

export type Lookup = (code: number, vendorId: number) => AnyDefinition | undefined;

/**
 * Checks every AVP of a message, groups included: lengths, the V-bit, fixed sizes, and that we know those with the M-bit.
 * @throws DiameterError 5014, 3009, 5001 or (too deep) 5004, with the AVP, in its groups, as Failed-AVP
 */
export function checkAvps(view: AvpView, lookup: Lookup): void {
  checkRange(view.bytes, view.from, view.to, lookup, 1);
}

/** @throws DiameterError 5005 or 5009 with an example or the second one as Failed-AVP, if one is not there exactly once. */
export function checkRequired(view: AvpView, required: readonly AnyDefinition[]): void {
  for (const definition of required) {
    const at = view.find(definition, view.from);
    if (at < 0) throw new DiameterError(MISSING_AVP, `${definition.name} is missing`, exampleAvp(definition));
    const next = view.find(definition, view.after(at));
    if (next >= 0) {
      const second = encodedAvp(Buffer.from(view.bytes.subarray(next, view.after(next))));
      throw new DiameterError(AVP_OCCURS_TOO_MANY_TIMES, `${definition.name} occurs twice`, second);
    }
  }
}

/** RFC 6733 7.5: of a missing AVP, its header and the fewest zeros that its type can have. */
export function exampleAvp(definition: AnyDefinition): Avp {
  const flags = (definition.vendorId === 0 ? 0 : FLAG_VENDOR) | (definition.mandatory ? FLAG_MANDATORY : 0);
  return zeroFilled(definition.code, definition.vendorId, flags, leastLength(definition));
}

function checkRange(bytes: Buffer, from: number, to: number, lookup: Lookup, depth: number): void {
  let at = from;
  while (at < to) {
    const room = to - at;
    if (room < 8) throw new DiameterError(INVALID_AVP_LENGTH, `${room} octets where an AVP should begin`);
    const code = bytes.readUInt32BE(at);
    const flags = bytes[at + 4] as number;
    const vendor = (flags & FLAG_VENDOR) !== 0;
    const head = vendor ? 12 : 8;
    const length = ((bytes[at + 5] as number) << 16) | ((bytes[at + 6] as number) << 8) | (bytes[at + 7] as number);
    const vendorId = vendor && room >= 12 ? bytes.readUInt32BE(at + 8) : 0;
    const definition = lookup(code, vendorId);
    if (length < head || length > room) throw wrongLength(definition, code, vendorId, flags, length);
    if (vendor && vendorId === 0)
      throw fault(INVALID_AVP_BITS, `V-bit without a vendor, AVP ${code}`, bytes, at, length);
    if (definition === undefined) {
      if ((flags & FLAG_MANDATORY) !== 0) {
        throw fault(AVP_UNSUPPORTED, `unknown AVP ${code} of vendor ${vendorId}`, bytes, at, length);
      }
    } else {
      checkData(bytes, at, length, head, definition, lookup, depth, flags);
    }
    at += (length + 3) & ~3;
  }
}

function checkData(
  bytes: Buffer,
  at: number,
  length: number,
  head: number,
  definition: AnyDefinition,
  lookup: Lookup,
  depth: number,
  flags: number,
): void {
  if (definition.type === "grouped") {
    checkGroup(bytes, at, length, head, definition, lookup, depth);
    return;
  }
  const fixed = fixedLength(definition.type);
  if (fixed !== undefined && length !== head + fixed) {
    throw wrongLength(definition, definition.code, definition.vendorId, flags, length);
  }
}

function checkGroup(
  bytes: Buffer,
  at: number,
  length: number,
  head: number,
  definition: AnyDefinition,
  lookup: Lookup,
  depth: number,
): void {
  if (depth >= MAX_DEPTH) throw fault(INVALID_AVP_VALUE, `groups nested deeper than ${MAX_DEPTH}`, bytes, at, head);
  try {
    checkRange(bytes, at + head, at + length, lookup, depth + 1);
  } catch (error) {
    if (!(error instanceof DiameterError)) throw error;
    // RFC 6733 7.5: an AVP within groups is shown in its groups, alone.
    const inner = error.failedAvp === undefined ? [] : [error.failedAvp];
    throw new DiameterError(error.resultCode, error.message, avp(definition as GroupedDefinition, inner));
  }
}

/** The AVP as it came; of a group that is too deep, its header alone. */
function fault(resultCode: number, message: string, bytes: Buffer, at: number, length: number): DiameterError {
  const copy = Buffer.alloc((length + 3) & ~3);
  bytes.copy(copy, 0, at, at + length);
  copy.writeUIntBE(length, 5, 3);
  return new DiameterError(resultCode, message, encodedAvp(copy));
}

/** RFC 6733 7.1.5, 5014: the AVP's header and zeros, as its own length cannot be used. */
function wrongLength(
  definition: AnyDefinition | undefined,
  code: number,
  vendorId: number,
  flags: number,
  length: number,
): DiameterError {
  const failed = zeroFilled(code, vendorId, flags, definition ? leastLength(definition) : 0);
  return new DiameterError(INVALID_AVP_LENGTH, `length ${length} of ${definition?.name ?? `AVP ${code}`}`, failed);
}

function zeroFilled(code: number, vendorId: number, flags: number, data: number): Avp {
  const length = ((flags & FLAG_VENDOR) === 0 ? 8 : 12) + data;
  const bytes = Buffer.alloc((length + 3) & ~3);
  bytes.writeUInt32BE(code, 0);
  bytes.writeUInt32BE(((flags << 24) | length) >>> 0, 4);
  if ((flags & FLAG_VENDOR) !== 0) bytes.writeUInt32BE(vendorId, 8);
  return encodedAvp(bytes);
}

function leastLength(definition: AnyDefinition): number {
  if (definition.type === "address") return 6;
  return fixedLength(definition.type) ?? 0;
}
