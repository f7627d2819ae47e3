import type { TenantId } from "@wisptools/core";
import { Documents, type Stored } from "./documents.ts";

/** Documents named by the hash of a secret. */
export class Tokens<T extends { id: string }> extends Documents<[TenantId, string], T> {
  /** By its hash alone, when the request does not name the tenant. */
  async findAnywhere(group: string, sha256: string): Promise<Stored<T> | undefined> {
    return (await this.find(this.db.collectionGroup(group).where("id", "==", sha256).limit(1)))[0];
  }
}
