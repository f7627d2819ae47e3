// Operators: SIM cards, one by one and by CSV.
import { z } from "zod";
import { Iccid, Imsi } from "../domain/imsi.ts";
import { BankSlot, MccMnc } from "../domain/remsim/ids.ts";
import { None, Ok, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const manager = { kind: "member", permission: "remsim.manage" } as const;

const CardFields = z.strictObject({
  iccid: Iccid,
  imsi: Imsi,
  mcc_mnc: MccMnc,
  carrier: text(60).default(""),
  label: text(100).default(""),
  slot: BankSlot.optional(),
});

export const putSimCard = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/cards",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: CardFields,
  reply: Ok,
});

/** Moves a card to a slot, or out of one (null). Refused while a client holds either. */
export const moveSimCard = defineEndpoint({
  method: "patch",
  path: "/api/backend/v1/simbank/cards/:iccid",
  auth: manager,
  params: z.object({ iccid: Iccid }),
  query: TenantChoice,
  body: z.strictObject({
    slot: BankSlot.nullable().optional(),
    label: text(100).optional(),
    carrier: text(60).optional(),
  }),
  reply: Ok,
});

export const deleteSimCard = defineEndpoint({
  method: "delete",
  path: "/api/backend/v1/simbank/cards/:iccid",
  auth: manager,
  params: z.object({ iccid: Iccid }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** One row of an import as it was understood; `fault` says why it is left out. Rows count from 1, the header not. */
const ImportRow = z.object({
  row: z.int(),
  iccid: z.string(),
  imsi: z.string(),
  mcc_mnc: z.string(),
  carrier: z.string(),
  slot: BankSlot.nullable(),
  action: z.enum(["create", "update", "unchanged", "refuse"]),
  field: z.string().nullable(),
  fault: z.string().nullable(),
});

/** CSV with a header: iccid, imsi, mcc_mnc (or mcc and mnc), carrier, label, bank_id, slot_id. `dry_run` is the preview: writes nothing. */
export const importSimCards = defineEndpoint({
  method: "post",
  path: "/api/backend/v1/simbank/cards/import",
  auth: manager,
  params: None,
  query: TenantChoice,
  body: z.strictObject({ csv: z.string().min(1).max(400_000), dry_run: z.boolean().default(false) }),
  reply: z.object({
    success: z.literal(true),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    /** All when previewed, else the refused ones. */
    rows: z.array(ImportRow),
  }),
});
