import { z } from "zod";
import { AppError } from "../../errors.ts";
import { Iccid, Imsi } from "../imsi.ts";
import { csvTable } from "../subscription/csvTable.ts";
import { type BankSlot, bankSlotId, Mcc, MccMnc, RsproNumber } from "./ids.ts";

/** Most cards of one import. */
export const IMPORT_CARDS = 2000;

/** What somebody wants of a card. What is absent stays as it is; `slot` null: out of its slot. */
export interface WantedCard {
  iccid: string;
  imsi: string;
  mccMnc: string;
  carrier?: string | undefined;
  label?: string | undefined;
  slot?: BankSlot | null | undefined;
}

export interface CardFault {
  /** The column; empty for the whole row. */
  field: string;
  message: string;
}

/** A row of an import as it was understood, 1 being the first after the header. `given`: for people, whatever was wrong. */
export interface CardRow {
  row: number;
  given: { iccid: string; imsi: string; mccMnc: string; carrier: string; slot: BankSlot | null };
  wanted: WantedCard | CardFault;
}

const COLUMNS = ["iccid", "imsi", "mcc_mnc", "mcc", "mnc", "carrier", "label", "bank_id", "slot_id"] as const;
type Given = Partial<Record<(typeof COLUMNS)[number], string>>;

const Place = z
  .string()
  .regex(/^\d{1,4}$/, "must be 1 to 1023")
  .transform(Number)
  .pipe(RsproNumber);
const words = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max} characters`)
    .transform((value) => value.replace(/\p{Cc}/gu, " "));

const Cells = z.object({
  iccid: Iccid,
  imsi: Imsi,
  mcc_mnc: MccMnc.optional(),
  mcc: Mcc.optional(),
  mnc: z
    .string()
    .regex(/^\d{2,3}$/, "must be 2 or 3 digits")
    .optional(),
  carrier: words(60).optional(),
  label: words(100).optional(),
  bank_id: Place.optional(),
  slot_id: Place.optional(),
});

/**
 * The cards of a CSV text with a header: iccid, imsi, mcc_mnc (or mcc and mnc), and if wanted carrier, label, bank_id and slot_id, in any
 * order; an empty cell says nothing. A row that repeats an ICCID, an IMSI or a slot of an earlier one has a fault.
 * Throws `invalid-argument` naming `csv` for what spoils the whole text.
 */
export function cardRows(text: string): CardRow[] {
  const { header, rows } = csvTable(text, COLUMNS, "csv");
  checkHeader(header);
  if (rows.length === 0) throw refused("has no rows");
  if (rows.length > IMPORT_CARDS) throw refused(`has ${rows.length} rows, at most ${IMPORT_CARDS} are taken at once`);
  const earlier = new Map<string, number>();
  return rows.map(({ given, fault }, index) => {
    const row = index + 1;
    const wanted = fault === undefined ? wantedOf(given) : { field: "", message: fault };
    return { row, given: shown(given), wanted: "iccid" in wanted ? once(wanted, row, earlier) : wanted };
  });
}

function refused(message: string): AppError {
  return new AppError("invalid-argument", `csv: ${message}`, { field: "csv" });
}

function checkHeader(header: readonly string[]): void {
  const lacks = (name: string) => !header.includes(name);
  const absent = ["iccid", "imsi"].find(lacks);
  if (absent !== undefined) throw refused(`the header has no column ${absent}`);
  const apart = ["mcc", "mnc"].filter((name) => header.includes(name));
  if (!lacks("mcc_mnc") && apart.length > 0) throw refused(`has both mcc_mnc and ${apart[0]}: give one`);
  if (lacks("mcc_mnc") && apart.length < 2) throw refused("the header has no column mcc_mnc, nor both mcc and mnc");
  if (lacks("bank_id") !== lacks("slot_id")) throw refused("the header has one of bank_id and slot_id: give both");
}

function wantedOf(given: Given): WantedCard | CardFault {
  const cells = Cells.safeParse(given);
  if (!cells.success) return faultOf(cells.error.issues[0] as z.core.$ZodIssue, given);
  const { iccid, imsi, mcc_mnc, mcc, mnc, carrier, label, bank_id, slot_id } = cells.data;
  if (mcc_mnc === undefined && (mcc === undefined || mnc === undefined)) {
    return { field: mcc === undefined && mnc === undefined ? "mcc_mnc" : mcc === undefined ? "mcc" : "mnc", ...NEEDED };
  }
  if ((bank_id === undefined) !== (slot_id === undefined)) {
    return { field: bank_id === undefined ? "bank_id" : "slot_id", ...NEEDED };
  }
  return {
    iccid,
    imsi,
    mccMnc: mcc_mnc ?? `${mcc}${mnc}`,
    carrier,
    label,
    ...(bank_id === undefined || slot_id === undefined ? {} : { slot: { bankId: bank_id, slotId: slot_id } }),
  };
}

const NEEDED = { message: "is needed" } as const;

function faultOf(issue: z.core.$ZodIssue, given: Given): CardFault {
  const field = String(issue.path[0] ?? "");
  return { field, message: given[field as keyof Given] === undefined ? NEEDED.message : issue.message };
}

/** What no two rows may say alike. */
function once(card: WantedCard, row: number, earlier: Map<string, number>): WantedCard | CardFault {
  const marks: [string, string][] = [
    ["iccid", `iccid ${card.iccid}`],
    ["imsi", `imsi ${card.imsi}`],
    ...(card.slot ? [["slot_id", `slot ${bankSlotId(card.slot)}`] as [string, string]] : []),
  ];
  for (const [field, mark] of marks) {
    const first = earlier.get(mark);
    if (first !== undefined) return { field, message: `is in row ${first} too` };
  }
  for (const [, mark] of marks) earlier.set(mark, row);
  return card;
}

function shown(given: Given): CardRow["given"] {
  const place = (cell: string | undefined) => Place.safeParse(cell).data;
  const [bankId, slotId] = [place(given.bank_id), place(given.slot_id)];
  return {
    iccid: given.iccid ?? "",
    imsi: given.imsi ?? "",
    mccMnc: given.mcc_mnc ?? `${given.mcc ?? ""}${given.mnc ?? ""}`,
    carrier: given.carrier ?? "",
    slot: bankId === undefined || slotId === undefined ? null : { bankId, slotId },
  };
}
