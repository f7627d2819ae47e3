import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { GcmKey } from "@wisptools/store/gcmKey";
import type { Table } from "./table.ts";

const IV = 12;
const TAG = 16;

/** The tenants' key-encryption keys: in LMDB under the store key, bound to their tenant; in memory once used. */
export class Keyring {
  private readonly storeKey: Buffer;
  private readonly table: Table<Buffer>;
  private readonly opened = new Map<string, Buffer>();
  private readonly ready = new Map<string, GcmKey>();

  constructor(storeKey: Buffer, table: Table<Buffer>) {
    if (storeKey.length !== 32) throw new RangeError("the store key must be 32 bytes");
    this.storeKey = storeKey;
    this.table = table;
  }

  has(tenantId: string): boolean {
    return this.table.get(tenantId) !== undefined;
  }

  /** @throws when the tenant's key is not there, or was wrapped by another store key. */
  get(tenantId: string): Buffer {
    const known = this.opened.get(tenantId);
    if (known) return known;
    const wrapped = this.table.get(tenantId);
    if (!wrapped) throw new Error(`the subscriber key of ${tenantId} is not there`);
    const decipher = createDecipheriv("aes-256-gcm", this.storeKey, wrapped.subarray(0, IV))
      .setAAD(Buffer.from(tenantId))
      .setAuthTag(wrapped.subarray(-TAG));
    const key = Buffer.concat([decipher.update(wrapped.subarray(IV, -TAG)), decipher.final()]);
    this.opened.set(tenantId, key);
    return key;
  }

  /** As `get`, in the form that opens fastest. */
  gcm(tenantId: string): GcmKey {
    const known = this.ready.get(tenantId);
    if (known) return known;
    const fresh = new GcmKey(this.get(tenantId));
    this.ready.set(tenantId, fresh);
    return fresh;
  }

  async put(tenantId: string, key: Buffer): Promise<void> {
    if (key.length !== 32) throw new RangeError("a key-encryption key has 32 bytes");
    const iv = randomBytes(IV);
    const cipher = createCipheriv("aes-256-gcm", this.storeKey, iv).setAAD(Buffer.from(tenantId));
    const wrapped = Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    this.opened.set(tenantId, key);
    this.ready.delete(tenantId);
    await this.table.put(tenantId, wrapped);
  }

  async remove(tenantId: string): Promise<void> {
    this.opened.get(tenantId)?.fill(0);
    this.opened.delete(tenantId);
    this.ready.delete(tenantId);
    await this.table.remove(tenantId);
  }
}
