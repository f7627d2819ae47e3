import { listChannelPackages } from "@wisptools/core/api/repository";
import { untrack } from "svelte";
import { call } from "./api.ts";
import { type ApiError, asApiError } from "./apiError.ts";

export type SnapshotPackage = Awaited<ReturnType<typeof call<typeof listChannelPackages>>>["packages"][number];

/** A snapshot that a channel has, or had. */
export interface SnapshotOf {
  tenantId: string;
  channel: string;
  snapshotId: string;
}

/** As many as are kept: one may list ten thousand packages. */
const KEPT = 12;
const known = new Map<string, Promise<readonly SnapshotPackage[]>>();

/** What a snapshot holds. It never changes, so each is asked for once. Throws ApiError. */
export function readSnapshot({ tenantId, channel, snapshotId }: SnapshotOf): Promise<readonly SnapshotPackage[]> {
  const key = `${tenantId}/${snapshotId}`;
  const asked =
    known.get(key) ??
    call(listChannelPackages, { params: { channel }, query: { tenant_id: tenantId, snapshot_id: snapshotId } }).then(
      (reply) => reply.packages,
    );
  known.delete(key);
  known.set(key, asked);
  asked.catch(() => known.delete(key));
  for (const oldest of [...known.keys()].slice(0, -KEPT)) known.delete(oldest);
  return asked;
}

/** Follows what a snapshot holds for as long as the calling component lives; undefined from `wanted` = none. */
export class SnapshotContents {
  /** Those of the snapshot before, until the new one's are here. */
  packages = $state.raw<readonly SnapshotPackage[]>();
  #read = $state("");
  problem = $state.raw<ApiError>();
  #wanted: () => SnapshotOf | undefined;
  #tries = $state(0);

  constructor(wanted: () => SnapshotOf | undefined) {
    this.#wanted = wanted;
    const key = $derived.by(() => {
      const of = this.#wanted();
      return of ? `${of.tenantId}/${of.channel}/${of.snapshotId}` : "";
    });
    $effect(() => {
      void this.#tries;
      if (!key) return;
      return untrack(() => this.#ask());
    });
  }

  /** Those of the snapshot that is wanted now, and of no other. */
  get exact(): readonly SnapshotPackage[] | undefined {
    return this.#read === this.#wanted()?.snapshotId ? this.packages : undefined;
  }

  again(): void {
    this.#tries++;
  }

  #ask(): () => void {
    let left = false;
    const of = this.#wanted();
    this.problem = undefined;
    if (of)
      readSnapshot(of).then(
        (packages) => {
          if (left) return;
          this.packages = packages;
          this.#read = of.snapshotId;
        },
        (error) => {
          if (!left) this.problem = asApiError(error);
        },
      );
    return () => {
      left = true;
    };
  }
}
