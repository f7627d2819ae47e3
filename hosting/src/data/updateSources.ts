import { Alert } from "@wisptools/core/documents/alert";
import { Epc } from "@wisptools/core/documents/epc";
import { AptPackage, Channel, Publication, Release, RepositoryKey } from "@wisptools/core/documents/repository";
import { Rollout, RolloutDevice } from "@wisptools/core/documents/rollout";
import { paths } from "@wisptools/core/paths";
import type { DocumentSource, ListSource } from "./source.ts";

/** What is shown of a package: its index entry stays unread. */
export const PackageRow = AptPackage.omit({ stanza: true });
export type PackageRow = ReturnType<typeof PackageRow.parse>;

/** A channel without the signed texts that only apt reads. */
export const ChannelNow = Channel.omit({ current: true }).extend({
  current: Release.pick({ snapshotId: true, packages: true, date: true, validUntil: true, fingerprints: true }),
});
export type ChannelNow = ReturnType<typeof ChannelNow.parse>;

/** What a rollout asks of an EPC. */
export const UpdatableEpc = Epc.pick({
  id: true,
  siteName: true,
  tags: true,
  state: true,
  settings: true,
  packages: true,
});
export type UpdatableEpc = ReturnType<typeof UpdatableEpc.parse>;

/** What is shown of a larger pool is asked for by the beginning of a name. */
export const PACKAGE_LIMIT = 500;
export const DEVICE_LIMIT = 1000;
/** What changes a channel. Its daily signature is a publication, too, and would push these off every list. */
const CHANGING: readonly Publication["action"][] = ["publish", "promote", "rollback"];
/** Greater than every character of a package name. */
const LAST = "\uf8ff";

/** Every listener of the Updates section; apart from sources.ts, so that the first load goes without their schemas. */
export const updateSources = {
  packages: (t: string): ListSource<PackageRow> => ({
    path: paths.packages(t),
    schema: PackageRow,
    limit: PACKAGE_LIMIT,
  }),
  packagesBeginning: (t: string, text: string): ListSource<PackageRow> => ({
    ...updateSources.packages(t),
    where: [
      ["name", ">=", text],
      ["name", "<", text + LAST],
    ],
  }),
  packagesNamed: (t: string, name: string): ListSource<PackageRow> => ({
    ...updateSources.packages(t),
    where: [["name", "==", name]],
  }),
  channels: (t: string): ListSource<ChannelNow> => ({ path: paths.channels(t), schema: ChannelNow, limit: 50 }),
  channel: (t: string, name: string): DocumentSource<ChannelNow> => ({
    path: paths.channel(t, name),
    schema: ChannelNow,
  }),
  publications: (t: string): ListSource<Publication> => ({
    path: paths.publications(t),
    schema: Publication,
    where: [["action", "in", CHANGING]],
    orderBy: ["at", "desc"],
    limit: 8,
  }),
  publicationsOf: (t: string, channel: string, signaturesToo: boolean): ListSource<Publication> => ({
    ...updateSources.publications(t),
    where: [["channel", "==", channel], ...(signaturesToo ? [] : [["action", "in", CHANGING] as const])],
    limit: 200,
  }),
  repositoryKeys: (t: string): ListSource<RepositoryKey> => ({
    path: paths.repositoryKeys(t),
    schema: RepositoryKey,
    orderBy: ["createdAt", "desc"],
    limit: 50,
  }),
  rollouts: (t: string): ListSource<Rollout> => ({
    path: paths.rollouts(t),
    schema: Rollout,
    orderBy: ["createdAt", "desc"],
    limit: 200,
  }),
  /** However old: one that is paused for months must not fall off the end of the others. */
  openRollouts: (t: string): ListSource<Rollout> => ({
    path: paths.rollouts(t),
    schema: Rollout,
    where: [["state", "in", ["preparing", "running", "awaiting_approval", "paused", "rolling_back"]]],
    limit: 100,
  }),
  rollout: (t: string, id: string): DocumentSource<Rollout> => ({ path: paths.rollout(t, id), schema: Rollout }),
  rolloutDevices: (t: string, id: string): ListSource<RolloutDevice> => ({
    path: paths.rolloutDevices(t, id),
    schema: RolloutDevice,
    limit: DEVICE_LIMIT,
  }),
  rolloutDevice: (t: string, id: string, epc: string): DocumentSource<RolloutDevice> => ({
    path: paths.rolloutDevice(t, id, epc),
    schema: RolloutDevice,
  }),
  openAlerts: (t: string): ListSource<Alert> => ({
    path: paths.alerts(t),
    schema: Alert,
    where: [["state", "==", "open"]],
    limit: 100,
  }),
  updatableEpcs: (t: string): ListSource<UpdatableEpc> => ({
    path: paths.epcs(t),
    schema: UpdatableEpc,
    limit: DEVICE_LIMIT,
  }),
};
