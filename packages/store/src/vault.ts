import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { SealedSecret } from "@wisptools/core";
import type { Platform } from "./firebase.ts";

/** Wraps data keys: Cloud KMS in production, a local key in the emulators. `aad` must be the same to unwrap. */
export interface KeyService {
  wrap(dataKey: Buffer, aad: string): Promise<Buffer>;
  unwrap(wrapped: Buffer, aad: string): Promise<Buffer>;
}

/** Envelope encryption: each secret under its own AES-256-GCM key, that key wrapped by the key service. */
export class Vault {
  private readonly keys: KeyService;

  constructor(keys: KeyService) {
    this.keys = keys;
  }

  /** Seals `plaintext` for one tenant and purpose, e.g. `device-hmac/{sha256}`; it opens for no other. */
  async seal(tenantId: string, purpose: string, plaintext: string): Promise<SealedSecret> {
    const aad = `${tenantId}/${purpose}`;
    const dataKey = randomBytes(32);
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(Buffer.from(aad));
    const ciphertext = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
    const wrappedKey = await this.keys.wrap(dataKey, aad);
    return {
      wrappedKey: wrappedKey.toString("base64"),
      iv: iv.toString("base64"),
      ciphertext: ciphertext.toString("base64"),
      tag: cipher.getAuthTag().toString("base64"),
      aad,
    };
  }

  /** Opens a secret sealed for exactly this tenant and purpose; throws for any other, or when it was altered. */
  async open(tenantId: string, purpose: string, sealed: SealedSecret): Promise<string> {
    const aad = `${tenantId}/${purpose}`;
    if (sealed.aad !== aad) throw new Error(`a secret of ${sealed.aad} was asked for as ${aad}`);
    const dataKey = await this.keys.unwrap(Buffer.from(sealed.wrappedKey, "base64"), aad);
    const decipher = createDecipheriv("aes-256-gcm", dataKey, Buffer.from(sealed.iv, "base64"))
      .setAAD(Buffer.from(aad))
      .setAuthTag(Buffer.from(sealed.tag, "base64"));
    return Buffer.concat([decipher.update(Buffer.from(sealed.ciphertext, "base64")), decipher.final()]).toString(
      "utf8",
    );
  }
}

/** Wraps with a 32-byte key in memory: for the emulators and tests alone. */
export function localKeyService(key: Buffer): KeyService {
  return {
    wrap: async (dataKey, aad) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(aad));
      return Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap: async (wrapped, aad) => {
      const decipher = createDecipheriv("aes-256-gcm", key, wrapped.subarray(0, 12))
        .setAAD(Buffer.from(aad))
        .setAuthTag(wrapped.subarray(-16));
      return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]);
    },
  };
}

/** Cloud KMS over REST: symmetric encrypt and decrypt of one crypto key (`projects/…/cryptoKeys/…`). */
export function kmsKeyService(keyName: string, accessToken: () => Promise<string>): KeyService {
  const call = async (verb: "encrypt" | "decrypt", body: object): Promise<Record<string, string>> => {
    const response = await fetch(`https://cloudkms.googleapis.com/v1/${keyName}:${verb}`, {
      method: "POST",
      headers: { authorization: `Bearer ${await accessToken()}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`Cloud KMS ${verb} answered ${response.status}`);
    return (await response.json()) as Record<string, string>;
  };
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return {
    wrap: async (dataKey, aad) => {
      const reply = await call("encrypt", {
        plaintext: dataKey.toString("base64"),
        additionalAuthenticatedData: base64(aad),
      });
      return Buffer.from(reply.ciphertext ?? "", "base64");
    },
    unwrap: async (wrapped, aad) => {
      const reply = await call("decrypt", {
        ciphertext: wrapped.toString("base64"),
        additionalAuthenticatedData: base64(aad),
      });
      return Buffer.from(reply.plaintext ?? "", "base64");
    },
  };
}

/** Emulator secrets are under a key that anyone can derive: demo- projects hold nothing of value. Any other project needs its Cloud KMS key. */
export function keyServiceOf(
  platform: Pick<Platform, "projectId" | "accessToken">,
  kmsKey: string | undefined,
): KeyService {
  const { projectId } = platform;
  if (projectId.startsWith("demo-")) {
    return localKeyService(createHash("sha256").update(`wisptools local key of ${projectId}`).digest());
  }
  if (!kmsKey) throw new Error("WISPTOOLS_KMS_KEY must name the Cloud KMS key that wraps this project's secrets");
  return kmsKeyService(kmsKey, platform.accessToken);
}
