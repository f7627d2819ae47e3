import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ClientKey } from "@wisptools/core";

const IV = 12;
const TAG = 16;

/** Headers by which the cloud knows a router, as they came. */
export interface CredentialHeaders {
  authorization?: string;
  "x-api-key"?: string;
}

/** Routers' credentials: named by a keyed hash, kept sealed where they must be used later, in clear nowhere. */
export class Credentials {
  private readonly hashKey: Buffer;
  private readonly sealKey: Buffer;

  /** `storeKey`: the 32 bytes that wrap keys at rest. */
  constructor(storeKey: Buffer) {
    const derived = (purpose: string) =>
      Buffer.from(hkdfSync("sha256", storeKey, "", `wisptools remsim ${purpose}`, 32));
    this.hashKey = derived("credential names");
    this.sealKey = derived("credentials");
  }

  headersOf({ authorization, "x-api-key": apiKey }: IncomingHttpHeaders): CredentialHeaders {
    return {
      ...(authorization === undefined ? {} : { authorization }),
      ...(typeof apiKey === "string" ? { "x-api-key": apiKey } : {}),
    };
  }

  /** 32 hex digits that differ for each credential. */
  nameOf(headers: CredentialHeaders): string {
    return createHmac("sha256", this.hashKey)
      .update(JSON.stringify(canonical(headers)))
      .digest("hex")
      .slice(0, 32);
  }

  /** `bound`: what the sealed headers are for; nothing else opens them. */
  seal(headers: CredentialHeaders, bound: string): Buffer {
    const iv = randomBytes(IV);
    const cipher = createCipheriv("aes-256-gcm", this.sealKey, iv).setAAD(Buffer.from(bound));
    return Buffer.concat([iv, cipher.update(JSON.stringify(canonical(headers))), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws when it was altered, or sealed with another key or for something else. */
  open(sealed: Buffer, bound: string): CredentialHeaders {
    const decipher = createDecipheriv("aes-256-gcm", this.sealKey, sealed.subarray(0, IV))
      .setAAD(Buffer.from(bound))
      .setAuthTag(sealed.subarray(-TAG));
    const text = Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]).toString("utf8");
    return JSON.parse(text) as CredentialHeaders;
  }
}

/** An API key counts before Basic, as in the cloud. */
function canonical({ authorization, "x-api-key": apiKey }: CredentialHeaders): CredentialHeaders {
  if (apiKey !== undefined) return { "x-api-key": apiKey };
  return authorization === undefined ? {} : { authorization };
}

/** The name that the cloud gives a client of this credential; undefined: the header is none that it takes. */
export function cloudKeyOf(headers: CredentialHeaders, clientId: string): ClientKey | undefined {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const { authorization, "x-api-key": apiKey } = canonical(headers);
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization ?? "")?.[1];
  const credential =
    apiKey === undefined
      ? basic && sha256(Buffer.from(basic, "base64").toString("utf8"))
      : `key:${sha256(apiKey).slice(0, 12)}`;
  return credential ? ClientKey.parse(`rc_${sha256(`${credential}\n${clientId}`).slice(0, 24)}`) : undefined;
}
