// What the dictionary says of an AVP, and what a message is written from.

/** The data formats of RFC 6733 4.2 and 4.3 that 3GPP's applications use. */
export type AvpType =
  | "octets"
  | "utf8"
  | "identity"
  | "i32"
  | "i64"
  | "u32"
  | "u64"
  | "f32"
  | "enumerated"
  | "address"
  | "time"
  | "grouped";

/** Reads the AVPs of a message or of a Grouped AVP; values are decoded when asked for. */
export interface AvpReader {
  /** The first such AVP's value. @throws DiameterError 5004 or 5014 with Failed-AVP if the value does not fit its type. */
  get<Read>(definition: AvpDefinition<Read, never>): Read | undefined;
  /** The values of all such AVPs, in order. @throws as `get`. */
  all<Read>(definition: AvpDefinition<Read, never>): Read[];
  has(definition: AnyDefinition): boolean;
}

/**
 * A row of the dictionary. `Read` is the type of a decoded value, `Write` of one to encode: they differ for Grouped alone.
 * `clause` names the standard and its clause; `values` are the only ones an Enumerated may take, where the list is closed.
 */
export interface AvpDefinition<Read, Write = Read> {
  readonly name: string;
  readonly code: number;
  readonly vendorId: number;
  /** Whether we set the M-bit when we write it. */
  readonly mandatory: boolean;
  readonly type: AvpType;
  readonly clause: string;
  readonly values?: readonly number[];
  /** Never present: these carry the types. */
  readonly read?: Read;
  readonly write?: (value: Write) => void;
}

export type AnyDefinition = AvpDefinition<unknown, never>;
export type GroupedDefinition = AvpDefinition<AvpReader, readonly Avp[]>;

/** An AVP to write: of the dictionary, or (without a definition) bytes that were encoded before, padding included. */
export interface Avp {
  readonly definition: AnyDefinition | undefined;
  readonly value: unknown;
}

/** An AVP to write. The value is encoded, and checked, when the message is. */
export function avp<Write>(definition: AvpDefinition<unknown, Write>, value: Write): Avp {
  return { definition: definition as AnyDefinition, value };
}

/** One or more encoded AVPs as they are: copies of what was received, or parts that are encoded once and sent often. */
export function encodedAvp(bytes: Buffer): Avp {
  if (bytes.length % 4 !== 0) throw new RangeError(`encoded AVPs must be padded to 4 octets, not ${bytes.length}`);
  return { definition: undefined, value: bytes };
}
