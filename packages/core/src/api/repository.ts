import { z } from "zod";
import { Architecture, ChannelName, Fingerprint, PackageId, PackageName, UploadId } from "../domain/apt/ids.ts";
import { Sha256 } from "../domain/ids.ts";
import { None, Ok, Page, TenantChoice, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

/** Octets a .deb may have. */
export const PACKAGE_LIMIT = 2 * 1024 ** 3;

const ChannelParams = z.object({ channel: ChannelName });
const reader = { kind: "member", permission: "updates.read" } as const;
const publisher = { kind: "member", permission: "updates.publish" } as const;
const keyKeeper = { kind: "member", permission: "updates.keys" } as const;

/** Times are RFC 3339. */
export const PackageView = z.object({
  package_id: PackageId,
  name: PackageName,
  version: z.string(),
  architecture: Architecture,
  size: z.int(),
  sha256: Sha256,
  summary: z.string(),
  uploaded_at: z.string(),
  uploaded_by: z.string(),
});
export type PackageView = z.infer<typeof PackageView>;

export const ChannelView = z.object({
  channel: ChannelName,
  sequence: z.int(),
  snapshot_id: Sha256,
  packages: z.int(),
  published_at: z.string(),
  published_by: z.string(),
  date: z.string(),
  valid_until: z.string(),
});
export type ChannelView = z.infer<typeof ChannelView>;

export const readRepository = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/repository",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({
    success: z.literal(true),
    /** Below the origin that serves the API. */
    path: z.string(),
    channels: z.array(ChannelView),
    keys: z.array(
      z.object({
        fingerprint: Fingerprint,
        algorithm: z.string(),
        state: z.enum(["active", "retired"]),
        created_at: z.string(),
        expires_at: z.string(),
      }),
    ),
  }),
});

/** The deb822 entry for sources.list.d of a box on this channel. text/plain. */
export const readSources = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/sources",
  auth: reader,
  params: None,
  query: TenantChoice.extend({ channel: ChannelName.optional() }),
  body: None,
  reply: z.string(),
});

/** All keys that may sign, armoured, in one text; `announcements` are those of keys that came later. */
export const readGpgKey = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/gpg-key",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), armored: z.string(), announcements: z.array(z.string()) }),
});

/** A new key signs beside those that do, and is announced by them. */
export const addRepositoryKey = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/keys",
  auth: keyKeeper,
  params: None,
  query: TenantChoice,
  body: z.strictObject({ algorithm: z.enum(["ed25519", "rsa4096"]).default("ed25519") }),
  reply: z.object({ success: z.literal(true), fingerprint: Fingerprint }),
});

/** Signs no more. Refused for the last active key. */
export const retireRepositoryKey = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/keys/:fingerprint/retire",
  auth: keyKeeper,
  params: z.object({ fingerprint: Fingerprint }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

export const listPackages = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/packages",
  auth: reader,
  params: None,
  query: TenantChoice.extend(Page.shape)
    .omit({ page_token: true })
    .extend({ name: PackageName.optional(), page_token: PackageId.optional() }),
  body: None,
  reply: z.object({ success: z.literal(true), packages: z.array(PackageView), next_page_token: z.string().nullable() }),
});

/** Refused while a channel has it. */
export const deletePackage = defineEndpoint({
  method: "delete",
  path: "/api/epc-updates/packages/:package_id",
  auth: publisher,
  params: z.object({ package_id: PackageId }),
  query: TenantChoice,
  body: None,
  reply: Ok,
});

/** Begins an upload: PUT the .deb to `upload_url`, then finalise. */
export const beginUpload = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/packages/uploads",
  auth: publisher,
  params: None,
  query: TenantChoice,
  body: z.strictObject({
    filename: text(300).pipe(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~%:-]*\.deb$/, "must be the name of a .deb")),
    size: z.int().min(1).max(PACKAGE_LIMIT, "must be at most 2 GiB"),
  }),
  reply: z.object({
    success: z.literal(true),
    upload_id: UploadId,
    upload_url: z.string(),
    expires_at: z.string(),
  }),
});

/** Checks what was uploaded and takes it into the pool; with a channel, publishes it there too. Safe to repeat. 409: the same name, version and architecture with other content. */
export const finaliseUpload = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/packages/uploads/:upload_id/finalise",
  auth: publisher,
  params: z.object({ upload_id: UploadId }),
  query: TenantChoice,
  body: z.strictObject({ channel: ChannelName.optional() }),
  reply: z.object({ success: z.literal(true), package: PackageView, channel: ChannelView.nullable() }),
});

export const listChannels = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/channels",
  auth: reader,
  params: None,
  query: TenantChoice,
  body: None,
  reply: z.object({ success: z.literal(true), channels: z.array(ChannelView) }),
});

/** What a channel, or one of its earlier snapshots, holds; in the order of its index. */
export const listChannelPackages = defineEndpoint({
  method: "get",
  path: "/api/epc-updates/channels/:channel/packages",
  auth: reader,
  params: ChannelParams,
  query: TenantChoice.extend({ snapshot_id: Sha256.optional() }),
  body: None,
  reply: z.object({
    success: z.literal(true),
    snapshot_id: Sha256,
    packages: z.array(
      z.object({
        package_id: PackageId,
        name: z.string(),
        version: z.string(),
        architecture: Architecture,
        size: z.int(),
        sha256: Sha256,
        summary: z.string(),
      }),
    ),
  }),
});

const published = z.object({ success: z.literal(true), channel: ChannelView });

/** The channel's packages and these, without those; a channel that does not exist begins with them. */
export const publishPackages = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/channels/:channel/publish",
  auth: publisher,
  params: ChannelParams,
  query: TenantChoice,
  body: z.strictObject({
    add: z.array(PackageId).max(500).default([]),
    remove: z.array(PackageId).max(500).default([]),
    note: text(500).default(""),
  }),
  reply: published,
});

/** The snapshot of another channel, whole; with the keyring of today's keys if they have changed since it was made. */
export const promoteChannel = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/channels/:channel/promote",
  auth: publisher,
  params: ChannelParams,
  query: TenantChoice,
  body: z.strictObject({ from: ChannelName, note: text(500).default("") }),
  reply: published,
});

/** An earlier snapshot again, with a new date: apt ignores an older one. With today's keyring, too. */
export const rollBackChannel = defineEndpoint({
  method: "post",
  path: "/api/epc-updates/channels/:channel/rollback",
  auth: publisher,
  params: ChannelParams,
  query: TenantChoice,
  body: z.strictObject({ snapshot_id: Sha256, note: text(500).default("") }),
  reply: published,
});
