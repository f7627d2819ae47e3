import { z } from "zod";
import { AppError } from "../../errors.ts";
import { Iccid, Imei, Imsi, Msisdn } from "../imsi.ts";
import { csvLine } from "./csv.ts";
import { csvTable } from "./csvTable.ts";
import {
  AuthenticationAlgorithm,
  Slug,
  SubscriberKeyInput,
  type SubscriberSettings,
  SubscriberStatus,
} from "./settings.ts";

export type ImportFormat = "csv" | "open5gs";

/** What a row of a bulk import says; what it lacks stays as it is, or is the default of a new subscriber. */
export type ImportedSubscriber = { [K in keyof SubscriberSettings]?: SubscriberSettings[K] | undefined } & {
  imsi: Imsi;
  keys?: SubscriberKeyInput;
  /** For the subscriber's first APN, when the row does not say which. */
  staticAddress?: string;
  /** The last SQN that the HSS it comes from used. */
  sqn?: bigint;
};

export interface RowFault {
  /** The column, or the dotted path in a document; empty for the whole row. */
  field: string;
  message: string;
}

/** A row as read: faults, or what it says. `imsi` as given, for people. */
export type ImportRow = { imsi: string } & ({ faults: RowFault[] } | { subscriber: ImportedSubscriber });

const COLUMNS = [
  "imsi",
  "msisdn",
  "iccid",
  "label",
  "k",
  "opc",
  "op",
  "topc",
  "top",
  "amf",
  "algorithm",
  "plan",
  "group",
  "apns",
  "static_ip",
  "imei",
  "status",
] as const;
type Column = (typeof COLUMNS)[number];
const KEY_COLUMNS = ["k", "opc", "op", "topc", "top"] as const;

const lower = z.string().transform((value) => value.toLowerCase());
const list = (text: string) => text.split(";").map((part) => part.trim());
const IPV4 = z.ipv4("must be an IPv4 address");

/** `10.0.0.1` for the first APN, or `internet=10.0.0.1;voice=10.1.0.1`. */
const StaticIp = z.string().transform((text, context) => {
  const addresses: Record<string, string> = {};
  if (!text.includes("=")) {
    if (IPV4.safeParse(text).success) return { first: text };
    context.addIssue({ code: "custom", message: "must be an IPv4 address, or like internet=10.0.0.1" });
    return z.NEVER;
  }
  for (const part of list(text)) {
    const [apn = "", address = "", ...more] = part.split("=");
    if (more.length > 0 || !Slug.safeParse(apn).success || !IPV4.safeParse(address).success) {
      context.addIssue({ code: "custom", message: `${part} must be like internet=10.0.0.1` });
      return z.NEVER;
    }
    addresses[apn] = address;
  }
  return { addresses };
});

const Cells = z.object({
  imsi: Imsi,
  msisdn: Msisdn.optional(),
  iccid: Iccid.optional(),
  label: z
    .string()
    .max(80, "must be at most 80 characters")
    .transform((value) => value.replace(/\p{Cc}/gu, " "))
    .optional(),
  amf: lower.pipe(z.string().regex(/^[0-9a-f]{4}$/, "must be 4 hex digits")).optional(),
  algorithm: lower.pipe(AuthenticationAlgorithm).optional(),
  plan: Slug.optional(),
  group: Slug.optional(),
  apns: z.string().transform(list).pipe(z.array(Slug).max(8, "must be at most 8")).optional(),
  static_ip: StaticIp.optional(),
  imei: Imei.optional(),
  status: lower.pipe(SubscriberStatus).optional(),
});

/**
 * The rows of a CSV text with a header: the columns in any order, `imsi` always among them; an empty cell says nothing.
 * Throws `invalid-argument` for what spoils the whole text: no header, an unknown column, a stray quote.
 */
export function csvRows(text: string): ImportRow[] {
  const { header, rows } = csvTable(text, COLUMNS, "text");
  if (!header.includes("imsi")) {
    throw new AppError("invalid-argument", "text: the header has no column imsi", { field: "text" });
  }
  return rows.map(({ given, fault }) => {
    const imsi = given.imsi ?? "";
    return fault === undefined ? rowOf(imsi, given) : { imsi, faults: [{ field: "", message: fault }] };
  });
}

function rowOf(imsi: string, given: Partial<Record<Column, string>>): ImportRow {
  const cells = Cells.safeParse(given);
  const secret = Object.fromEntries(KEY_COLUMNS.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  const keys = Object.keys(secret).length === 0 ? undefined : SubscriberKeyInput.safeParse(secret);
  const issues = [...(cells.error?.issues ?? []), ...(keys?.error?.issues ?? [])];
  if (!cells.success || issues.length > 0) return { imsi, faults: issues.map((issue) => faultOf(issue, given)) };
  const { plan, group, apns, static_ip, ...alike } = cells.data;
  const subscriber: ImportedSubscriber = {
    ...alike,
    ...(keys?.data ? { keys: keys.data } : {}),
    ...(plan === undefined ? {} : { planId: plan }),
    ...(group === undefined ? {} : { groupId: group }),
    ...(apns === undefined ? {} : { apnIds: apns }),
    ...(static_ip?.addresses ? { staticAddresses: static_ip.addresses } : {}),
    ...(static_ip?.first ? { staticAddress: static_ip.first } : {}),
  };
  return { imsi, subscriber };
}

function faultOf(issue: z.core.$ZodIssue, given: Partial<Record<Column, string>>): RowFault {
  const field = String(issue.path[0] ?? "");
  return { field, message: given[field as Column] === undefined ? "is needed" : issue.message };
}

/** The columns that an export has: those of an import but for keys. */
const EXPORTED = COLUMNS.filter((column) => !(KEY_COLUMNS as readonly string[]).includes(column));

/** The header of a CSV export. */
export const CSV_HEADER: string = EXPORTED.join(",");

/** A subscriber as a line of a CSV export, which an import takes back as unchanged. */
export function csvRow(imsi: string, settings: SubscriberSettings): string {
  const cells: Partial<Record<Column, string | undefined>> = {
    imsi,
    msisdn: settings.msisdn,
    iccid: settings.iccid,
    label: settings.label,
    amf: settings.amf,
    algorithm: settings.algorithm,
    plan: settings.planId,
    group: settings.groupId,
    apns: settings.apnIds?.join(";"),
    static_ip: Object.entries(settings.staticAddresses)
      .map(([apn, address]) => `${apn}=${address}`)
      .sort()
      .join(";"),
    imei: settings.imei,
    status: settings.status,
  };
  return csvLine(EXPORTED.map((column) => cells[column] ?? ""));
}
