import { createHmac, randomBytes } from "node:crypto";
import { paths, type SealedSecret, type TenantId, type WebhookId, webhookSecretId } from "@wisptools/core";
import type { Documents, Write } from "./documents.ts";
import type { Vault } from "./vault.ts";

const PREFIX = "whsec_";
/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** How long the secret before the present one signs too, ms. */
const OVERLAP_MS = 24 * 3_600_000;

/** What is sealed: `previous` signs until `previousUntil` (ms since 1970). */
interface Secrets {
  current: string;
  previous?: string;
  previousUntil?: number;
}

/** What signs a webhook's deliveries, sealed beside it. */
export class WebhookSecrets {
  private readonly vault: Vault;
  private readonly secrets: Documents<[TenantId, string], SealedSecret>;

  constructor(vault: Vault, secrets: Documents<[TenantId, string], SealedSecret>) {
    this.vault = vault;
    this.secrets = secrets;
  }

  /** A first secret, sealed in `write`; returned this once. */
  async generate(tenantId: TenantId, id: WebhookId, write: Write): Promise<string> {
    const current = newSecret();
    write.create(paths.secret(tenantId, webhookSecretId(id)), await this.seal(tenantId, id, { current }));
    return current;
  }

  /** A new secret, sealed in `write` only if nobody else makes one now; the one before it signs too for a day. */
  async rotate(
    tenantId: TenantId,
    id: WebhookId,
    now: Date,
    write: Write,
  ): Promise<{ secret: string; previousUntil: Date }> {
    const stored = await this.secrets.need("secret", tenantId, webhookSecretId(id));
    const before = await this.opened(tenantId, id, stored.data);
    const secret = newSecret();
    const previousUntil = new Date(now.getTime() + OVERLAP_MS);
    const next = { current: secret, previous: before.current, previousUntil: previousUntil.getTime() };
    write.update(stored, await this.seal(tenantId, id, next));
    return { secret, previousUntil };
  }

  /** The webhook-signature header of a text: `v1,` and the base64 HMAC-SHA256 by each secret that holds, apart by a space. */
  async sign(tenantId: TenantId, id: WebhookId, now: Date, text: string): Promise<string> {
    const stored = await this.secrets.need("secret", tenantId, webhookSecretId(id));
    const { current, previous, previousUntil = 0 } = await this.opened(tenantId, id, stored.data);
    const holding = previous && now.getTime() < previousUntil ? [current, previous] : [current];
    return holding.map((secret) => signature(secret, text)).join(" ");
  }

  private seal(tenantId: TenantId, id: WebhookId, secrets: Secrets): Promise<SealedSecret> {
    return this.vault.seal(tenantId, webhookSecretId(id), JSON.stringify(secrets));
  }

  private async opened(tenantId: TenantId, id: WebhookId, sealed: SealedSecret): Promise<Secrets> {
    return JSON.parse(await this.vault.open(tenantId, webhookSecretId(id), sealed)) as Secrets;
  }
}

function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString("base64");
}

/** One signature as Standard Webhooks has it; the key is what the secret's base64 says. */
export function signature(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
}
