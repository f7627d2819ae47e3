// From an AVP's code and vendor to its row.
import type { AnyDefinition } from "../codec/avpDefinition.ts";
import * as base from "./base.ts";
import { IETF, THREEGPP } from "./define.ts";
import * as gx from "./gx.ts";
import * as s6a from "./s6a.ts";

/** Every row, each once. */
export const ALL_DEFINITIONS: readonly AnyDefinition[] = [base, s6a, gx].flatMap((rows) => Object.values(rows));

// Arrays by code: this is asked once per received AVP.
const ietf: (AnyDefinition | undefined)[] = [];
const threegpp: (AnyDefinition | undefined)[] = [];
for (const each of ALL_DEFINITIONS) (each.vendorId === IETF ? ietf : threegpp)[each.code] = each;

/** @returns the dictionary's row, or undefined if we know no such AVP. */
export function definitionOf(code: number, vendorId: number): AnyDefinition | undefined {
  if (vendorId === THREEGPP) return threegpp[code];
  return vendorId === IETF ? ietf[code] : undefined;
}
