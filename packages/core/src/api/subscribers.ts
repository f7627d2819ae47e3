import { z } from "zod";
import { HssAction } from "../documents/subscription.ts";
import { Iccid, Imei, Imsi, Msisdn } from "../domain/imsi.ts";
import {
  AuthenticationAlgorithm,
  RatName,
  Roaming,
  Slug,
  SubscriberKeyInput,
  SubscriberStatus,
} from "../domain/subscription/settings.ts";
import { None, Ok, Page, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const read = { kind: "member", permission: "subscribers.read" } as const;
const manage = { kind: "member", permission: "subscribers.manage" } as const;

export const ImsiParams = z.object({ imsi: Imsi });
/** The revision that a change was decided on, as If-Match or here; a newer one is `aborted` (409). */
export const Revision = z.int().min(1).optional();

const settings = {
  msisdn: Msisdn.nullable().optional(),
  iccid: Iccid.nullable().optional(),
  label: text(80).optional(),
  plan_id: Slug.nullable().optional(),
  group_id: Slug.nullable().optional(),
  apn_ids: z.array(Slug).min(1, "needs at least one APN").max(8).nullable().optional(),
  static_addresses: z.record(Slug, z.ipv4("must be an IPv4 address")).optional(),
  roaming: Roaming.nullable().optional(),
  denied_rats: z.array(RatName).max(7).nullable().optional(),
  imei: Imei.nullable().optional(),
};
const amf = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{4}$/, "must be 4 hex digits"));

/** A subscriber as replies have it: never keys. */
export const SubscriberReply = z.object({
  imsi: z.string(),
  revision: z.int(),
  msisdn: z.string().nullable(),
  iccid: z.string().nullable(),
  label: z.string(),
  status: SubscriberStatus,
  plan_id: z.string().nullable(),
  group_id: z.string().nullable(),
  apn_ids: z.array(z.string()).nullable(),
  static_addresses: z.record(z.string(), z.string()),
  roaming: Roaming.nullable(),
  denied_rats: z.array(RatName).nullable(),
  imei: z.string().nullable(),
  algorithm: AuthenticationAlgorithm,
  amf: z.string(),
  keys_changed_at: z.string(),
  live: z
    .object({
      state: z.enum(["attached", "purged", "detached"]),
      mme: z.string().nullable(),
      epc_id: z.string().nullable(),
      registered_at: z.string().nullable(),
      last_authentication_at: z.string().nullable(),
      imei: z.string().nullable(),
      sessions: z.record(z.string(), z.string()),
    })
    .nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

const one = z.object({ success: z.literal(true), subscriber: SubscriberReply });

/** In IMSI order. `search` is the beginning of an IMSI or MSISDN (with a plus: of an MSISDN alone); those found by their MSISDN come last. */
export const listSubscribers = defineEndpoint({
  method: "get",
  path: "/api/hss/subscribers",
  auth: read,
  params: None,
  query: TenantChoice.extend(Page.shape).extend({
    search: z
      .string()
      .regex(/^\+?\d{1,15}$/, "must be the first digits of an IMSI or MSISDN")
      .optional(),
    status: SubscriberStatus.optional(),
    plan_id: Slug.optional(),
    group_id: Slug.optional(),
  }),
  body: None,
  reply: z.object({
    success: z.literal(true),
    subscribers: z.array(SubscriberReply),
    next_page_token: z.string().nullable(),
  }),
});

/** ETag: the revision in quotes. */
export const readSubscriber = defineEndpoint({
  method: "get",
  path: "/api/hss/subscribers/:imsi",
  auth: read,
  params: ImsiParams,
  query: TenantChoice,
  body: None,
  reply: one,
});

/**
 * 201. The IMSI must begin with one of the tenant's PLMNs and be new to the whole platform. Keys are never shown again. Where neither it nor its
 * group has a plan or an APN, it gets the tenant's `default` plan and `internet` APN profile.
 */
export const createSubscriber = defineEndpoint({
  method: "post",
  path: "/api/hss/subscribers",
  auth: manage,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    imsi: Imsi,
    ...settings,
    status: SubscriberStatus.exclude(["terminated"]).default("active"),
    algorithm: AuthenticationAlgorithm.default("milenage"),
    amf: amf.default("8000"),
    keys: SubscriberKeyInput,
  }),
  reply: one,
});

/** Only what is present changes; null takes a value away, so that the group's holds. A terminated subscriber can only be deleted. */
export const updateSubscriber = defineEndpoint({
  method: "patch",
  path: "/api/hss/subscribers/:imsi",
  auth: manage,
  params: ImsiParams,
  query: TenantChoice,
  body: z.strictObject({
    ...settings,
    status: SubscriberStatus.optional(),
    algorithm: AuthenticationAlgorithm.optional(),
    amf: amf.optional(),
    keys: SubscriberKeyInput.optional(),
    revision: Revision,
  }),
  reply: one,
});

/** Takes the subscriber away for good: detached at once, its IMSI free again. If-Match as with updates. */
export const deleteSubscriber = defineEndpoint({
  method: "delete",
  path: "/api/hss/subscribers/:imsi",
  auth: manage,
  params: ImsiParams,
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** Asks the daemon that holds the subscriber's MME or SMF; the result appears in hssCommands/{command_id} and in the activity. */
export const actOnSubscriber = defineEndpoint({
  method: "post",
  path: "/api/hss/subscribers/:imsi/actions",
  auth: { kind: "member", permission: "subscribers.act" },
  params: ImsiParams,
  query: TenantChoice,
  body: z.strictObject({ action: HssAction }),
  reply: z.object({ success: z.literal(true), command_id: z.string() }),
});

/**
 * csv: one line per subscriber, with a header on the first page. open5gs: one JSON document per line, without subscribers that have no plan or APN
 * (`X-Left-Out` says how many). Neither has keys. text/csv or application/x-ndjson; `X-Next-Page-Token` when there is more. In IMSI order.
 */
export const exportSubscribers = defineEndpoint({
  method: "get",
  path: "/api/hss/export",
  auth: { kind: "member", permission: "subscribers.export" },
  params: None,
  query: TenantChoice.extend({
    format: z.enum(["csv", "open5gs"]).default("csv"),
    page_token: Page.shape.page_token,
  }),
  body: None,
  reply: z.string(),
});

export const ImportFormat = z.enum(["csv", "open5gs"]);
const RowFault = z.object({ row: z.int(), field: z.string(), message: z.string() });
/** For new subscribers whose row names no plan and no group; of Open5GS documents, where no plan is equal. */
const importDefaults = { plan_id: Slug.optional(), group_id: Slug.optional() };

/**
 * What rows would do, without doing it. `text`: CSV with its header, or Open5GS subscriber JSON (an array, or a document per line); `cutImport` cuts a
 * file into such parts. `row` counts from 1, the header and blank lines not. A column that is empty or absent leaves what is there. Faults of CSV name
 * the column; columns are in domain/subscription/importRows.ts.
 */
export const previewImport = defineEndpoint({
  method: "post",
  path: "/api/hss/imports/preview",
  auth: manage,
  params: None,
  query: TenantChoice,
  body: z.strictObject({ format: ImportFormat, text: z.string().min(1, "is empty").max(400_000), ...importDefaults }),
  reply: z.object({
    success: z.literal(true),
    rows: z.array(
      z.object({
        row: z.int(),
        imsi: z.string(),
        effect: z.enum(["create", "update", "unchanged", "error"]),
        faults: z.array(RowFault),
      }),
    ),
  }),
});

/** Begins a bulk import, or finds the unfinished one of the same file; `next` is how many rows are dealt with: the `offset` to go on from. */
export const startImport = defineEndpoint({
  method: "post",
  path: "/api/hss/imports",
  auth: manage,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    file_name: text(200),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hex digits"),
    total: z.int().min(1).max(1_000_000),
  }),
  reply: z.object({ success: z.literal(true), import_id: z.string(), next: z.int() }),
});

/**
 * Applies the rows of the file from `offset` (the first is 0), each whole or not at all; safe to repeat. `text` as in the preview, with the header.
 * The counts are the whole import's. `next` may be short of the last row sent, when time is up: go on from there. A part ahead of its turn is
 * `failed-precondition` with the reason `import_out_of_order`. An existing subscriber is updated; the first 100 faults are in subscriberImports/{id}.
 */
export const importRows = defineEndpoint({
  method: "post",
  path: "/api/hss/imports/:import_id/rows",
  auth: manage,
  params: z.object({ import_id: z.string().regex(/^imp_[0-9a-f]{16}$/) }),
  query: TenantChoice,
  body: z.strictObject({
    offset: z.int().min(0),
    format: ImportFormat,
    text: z.string().min(1, "is empty").max(400_000),
    ...importDefaults,
  }),
  reply: z.object({
    success: z.literal(true),
    next: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    failed: z.int(),
    finished: z.boolean(),
  }),
});
