import { z } from "zod";

/** A channel is a suite of the tenant's repository: devices follow one by its name. */
export const ChannelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "must be 1 to 32 of a-z, 0-9 and -, a letter first")
  .brand<"ChannelName">();
export type ChannelName = z.infer<typeof ChannelName>;

/** The channels a tenant begins with, in the order in which packages pass through them. */
export const CHANNELS = ["dev", "canary", "stable"].map((name) => ChannelName.parse(name));
/** What an EPC follows unless its settings say otherwise. */
export const DEFAULT_CHANNEL = ChannelName.parse("stable");

/** Debian Policy 5.6.1. */
export const PackageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]{1,127}$/, "must be a Debian package name: 2 or more of a-z, 0-9, + - .");
/** Debian Policy 5.6.12: [epoch:]upstream[-revision]. */
export const PackageVersion = z
  .string()
  .max(128)
  .regex(/^(?:\d{1,9}:)?\d[A-Za-z0-9.+~-]*$/, "must be a Debian version: [epoch:]upstream[-revision]");
/** The architectures a repository may hold; `all` runs on each of the others. */
export const Architecture = z.enum(["amd64", "arm64", "armhf", "i386", "all"]);
export type Architecture = z.infer<typeof Architecture>;

/** name_version_architecture, the version with its epoch: one package of a tenant's pool. */
export const PackageId = z
  .string()
  .max(280)
  .regex(
    /^[a-z0-9][a-z0-9+.-]+_(?:\d{1,9}:)?\d[A-Za-z0-9.+~-]*_(?:amd64|arm64|armhf|i386|all)$/,
    "must be name_version_architecture",
  )
  .brand<"PackageId">();
export type PackageId = z.infer<typeof PackageId>;

export const UploadId = z
  .string()
  .regex(/^upl_[0-9a-f]{32}$/, "must be upl_ and 32 hex digits")
  .brand<"UploadId">();
export type UploadId = z.infer<typeof UploadId>;

/** An OpenPGP v4 fingerprint, lower-case hex. */
export const Fingerprint = z.string().regex(/^[0-9a-f]{40}$/, "must be 40 hex digits");
