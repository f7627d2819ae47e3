import { TenantId } from "@wisptools/core";
import type { Store } from "@wisptools/store";
import type { MirrorInside } from "./openMirror.ts";

const RETRY_MS = 15_000;

/** Fetches each tenant's key-encryption key once and keeps it, wrapped by the store key. */
export class TenantKeys {
  private readonly inside: MirrorInside;
  private readonly store: Pick<Store, "subscriberKeys">;
  private readonly wanted = new Set<string>();
  private running = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(inside: MirrorInside, store: Pick<Store, "subscriberKeys">) {
    this.inside = inside;
    this.store = store;
  }

  /** Sees to it that the tenant's key will be there. */
  need(tenantId: string): void {
    if (this.wanted.has(tenantId) || this.inside.keyring.has(tenantId)) return;
    this.wanted.add(tenantId);
    void this.fetchAll();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async fetchAll(): Promise<void> {
    if (this.running || this.stopped) return;
    this.running = true;
    // A Set's loop comes to those as well that are added while it waits: they need not wait for the next try.
    for (const tenantId of this.wanted) if (await this.fetch(tenantId)) this.wanted.delete(tenantId);
    this.running = false;
    if (this.wanted.size === 0 || this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.fetchAll(), RETRY_MS);
  }

  private async fetch(tenantId: string): Promise<boolean> {
    const { keyring, log } = this.inside;
    try {
      const key = await this.store.subscriberKeys.keyEncryptionKey(TenantId.parse(tenantId));
      if (this.stopped) return true;
      if (!key) {
        log.keyMissing({ tenantId });
        return false;
      }
      await keyring.put(tenantId, key);
      log.keyFetched({ tenantId });
      return true;
    } catch (error) {
      log.keyMissing({ tenantId }, error);
      return false;
    }
  }
}
