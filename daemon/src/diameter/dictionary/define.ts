// How the dictionary's rows are written: one line per AVP, its type in the name of the function.
import type { Avp, AvpDefinition, AvpReader, AvpType } from "../codec/avpDefinition.ts";

/** Of RFC 3588 and of 3GPP, as IANA numbers enterprises. */
export const IETF = 0;
export const THREEGPP = 10415;

/** Sent without the M-bit: who doesn't know it may ignore it. */
export const OPTIONAL = { mandatory: false } as const;

interface Deviation {
  readonly mandatory?: boolean;
  readonly values?: readonly number[];
}

type Row<Read, Write = Read> = (
  name: string,
  code: number,
  clause: string,
  deviation?: Deviation,
) => AvpDefinition<Read, Write>;

export interface Rows {
  readonly octets: Row<Buffer>;
  readonly utf8: Row<string>;
  readonly identity: Row<string>;
  readonly u32: Row<number>;
  readonly i32: Row<number>;
  readonly f32: Row<number>;
  readonly enumerated: Row<number>;
  readonly u64: Row<bigint>;
  readonly i64: Row<bigint>;
  readonly address: Row<string>;
  readonly time: Row<Date>;
  readonly grouped: Row<AvpReader, readonly Avp[]>;
}

/** The functions that make the rows of one standard's table. M-bit set unless a row says OPTIONAL. */
export function rowsOf(standard: string, vendorId: number): Rows {
  const row =
    (type: AvpType) =>
    (name: string, code: number, clause: string, deviation: Deviation = {}) => ({
      name,
      code,
      vendorId,
      mandatory: deviation.mandatory ?? true,
      type,
      clause: `${standard} ${clause}`,
      ...(deviation.values ? { values: deviation.values } : {}),
    });
  return {
    octets: row("octets"),
    utf8: row("utf8"),
    identity: row("identity"),
    u32: row("u32"),
    i32: row("i32"),
    f32: row("f32"),
    enumerated: row("enumerated"),
    u64: row("u64"),
    i64: row("i64"),
    address: row("address"),
    time: row("time"),
    grouped: row("grouped"),
  };
}
