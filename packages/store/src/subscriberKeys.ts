import { createCipheriv, randomBytes } from "node:crypto";
import { paths, type SealedSecret, type SubscriberKeyInput, type TenantId } from "@wisptools/core";
import type { Documents, Write } from "./documents.ts";
import { GcmKey } from "./gcmKey.ts";
import type { Vault } from "./vault.ts";

const PURPOSE = "subscriber-keys";
const SECRET_ID = "subscriberKeys";
const IV = 12;
const TAG = 16;

/**
 * K, OPc and their like of a tenant's subscribers. Each tenant has one key-encryption key, sealed by the vault: a daemon that mirrors a million
 * subscribers asks the key service once per tenant, and opens a subscriber's keys in microseconds.
 */
export class SubscriberKeys {
  private readonly vault: Vault;
  private readonly secrets: Documents<[TenantId, string], SealedSecret>;

  constructor(vault: Vault, secrets: Documents<[TenantId, string], SealedSecret>) {
    this.vault = vault;
    this.secrets = secrets;
  }

  /** A tenant's first key-encryption key joins the write that makes the tenant. */
  async generate(tenantId: TenantId, write: Write): Promise<void> {
    const fresh = randomBytes(32).toString("base64");
    write.create(paths.secret(tenantId, SECRET_ID), await this.vault.seal(tenantId, PURPOSE, fresh));
  }

  /** The 32 bytes of the tenant's key-encryption key: one read and one call of the key service. Undefined for a tenant without. */
  async keyEncryptionKey(tenantId: TenantId): Promise<Buffer | undefined> {
    const sealed = await this.secrets.get(tenantId, SECRET_ID);
    return sealed && Buffer.from(await this.vault.open(tenantId, PURPOSE, sealed.data), "base64");
  }
}

function boundTo(tenantId: string, imsi: string): Buffer {
  return Buffer.from(`${tenantId}/${PURPOSE}/${imsi}`);
}

const OPERATOR_VALUES = ["opc", "op", "topc", "top"] as const;

/** A subscriber's secrets as bytes, so that they can be wiped after use. */
export interface OpenedKeys {
  /** K: 16 or 32 bytes. */
  k: Buffer;
  /** OPc or OP of MILENAGE (16 bytes), TOPc or TOP of TUAK (32 bytes). */
  operator: Buffer;
  kind: (typeof OPERATOR_VALUES)[number];
}

/** Seals a subscriber's keys for exactly this tenant and IMSI: base64 of IV, ciphertext and tag of AES-256-GCM. The plaintext is the kind, the length of K, K and the operator's value. */
export function sealSubscriberKeys(kek: Buffer, tenantId: string, imsi: string, keys: SubscriberKeyInput): string {
  const kind = OPERATOR_VALUES.findIndex((name) => keys[name] !== undefined);
  const operator = keys[OPERATOR_VALUES[kind] ?? "opc"];
  if (operator === undefined) throw new Error("keys without an operator's value");
  const k = Buffer.from(keys.k, "hex");
  const plain = Buffer.concat([Buffer.from([kind, k.length]), k, Buffer.from(operator, "hex")]);
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", kek, iv).setAAD(boundTo(tenantId, imsi));
  const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  return sealed.toString("base64");
}

/**
 * Opens what sealSubscriberKeys made for the same tenant and IMSI; throws for any other, or when it was altered. The caller wipes it.
 * Who opens many makes a GcmKey of the key once.
 */
export function openSubscriberKeys(kek: Buffer | GcmKey, tenantId: string, imsi: string, sealed: Buffer): OpenedKeys {
  const key = kek instanceof GcmKey ? kek : new GcmKey(kek);
  const [iv, text, tag] = [sealed.subarray(0, IV), sealed.subarray(IV, -TAG), sealed.subarray(-TAG)];
  const plain = key.open(iv, boundTo(tenantId, imsi), text, tag);
  const kind = OPERATOR_VALUES[plain[0] ?? -1];
  if (!kind) throw new Error("subscriber keys of an unknown kind");
  const length = plain[1] ?? 0;
  return { k: plain.subarray(2, 2 + length), operator: plain.subarray(2 + length), kind };
}
