import { asApiError } from "../../../data/apiError.ts";
import { readSnapshot } from "../../../data/snapshotContents.svelte.ts";
import type { ChannelNow } from "../../../data/updateSources.ts";

/** Which channels hold which package, asked again when one of them publishes. */
export interface Holders {
  /** undefined: not known yet. */
  of(packageId: string): string[] | undefined;
  readonly problem: string;
  again(): void;
}

/** Called while a component is set up. */
export function holders(tenantId: () => string, channels: () => readonly ChannelNow[]): Holders {
  let known = $state.raw<ReadonlyMap<string, ReadonlySet<string>>>(new Map());
  let problem = $state("");
  let tries = $state(0);
  const names = $derived(channels().map((one) => one.id as string));
  const snapshots = $derived(
    channels()
      .map((one) => `${one.id}=${one.current.snapshotId}`)
      .join(),
  );
  $effect(() => {
    const tenant = tenantId();
    void tries;
    let left = false;
    for (const [channel = "", snapshotId = ""] of snapshots.split(",").map((one) => one.split("="))) {
      if (!snapshotId) continue;
      readSnapshot({ tenantId: tenant, channel, snapshotId }).then(
        (packages) => {
          if (!left) known = new Map([...known, [channel, new Set(packages.map((one) => one.package_id as string))]]);
        },
        (error) => {
          if (!left) problem = asApiError(error).message;
        },
      );
    }
    return () => {
      left = true;
    };
  });
  return {
    of: (packageId) =>
      names.every((name) => known.has(name)) ? names.filter((name) => known.get(name)?.has(packageId)) : undefined,
    get problem() {
      return problem;
    },
    again() {
      problem = "";
      tries++;
    },
  };
}
