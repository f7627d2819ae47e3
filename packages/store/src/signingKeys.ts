import type { SealedSecret, Tenant, TenantId } from "@wisptools/core";
import type { PrivateKey } from "openpgp";
import type { Documents } from "./documents.ts";
import type { Vault } from "./vault.ts";

const PURPOSE = "openpgp-signing";
/** Id of the secret under tenants/{t}/secrets. */
export const SIGNING_SECRET_ID = "signingKey";

/** A tenant's OpenPGP key (Ed25519, RFC 9580): made once, private half sealed, kept open in memory per instance. */
export class SigningKeys {
  private readonly open = new Map<string, PrivateKey>();
  private readonly vault: Vault;
  private readonly secrets: Documents<[TenantId, string], SealedSecret>;

  constructor(vault: Vault, secrets: Documents<[TenantId, string], SealedSecret>) {
    this.vault = vault;
    this.secrets = secrets;
  }

  /** A new pair for a tenant; the caller stores both halves in one write. */
  async generate(tenantId: TenantId): Promise<{ signingKey: Tenant["signingKey"]; sealed: SealedSecret }> {
    const openpgp = await import("openpgp");
    const pair = await openpgp.generateKey({
      type: "ecc",
      curve: "ed25519Legacy", // what gpgv of Debian 12 can verify
      userIDs: [{ name: `wisptools ${tenantId}` }],
      format: "armored",
    });
    const key = await openpgp.readKey({ armoredKey: pair.publicKey });
    return {
      signingKey: { fingerprint: key.getFingerprint(), publicKey: pair.publicKey },
      sealed: await this.vault.seal(tenantId, PURPOSE, pair.privateKey),
    };
  }

  /** An armoured detached signature of a text, by the tenant's key. */
  async sign(tenant: Tenant, text: string): Promise<string> {
    const openpgp = await import("openpgp");
    const message = await openpgp.createMessage({ binary: Buffer.from(text, "utf8") });
    const signature = await openpgp.sign({ message, signingKeys: await this.privateKey(tenant), detached: true });
    return String(signature);
  }

  private async privateKey(tenant: Tenant): Promise<PrivateKey> {
    const known = this.open.get(tenant.signingKey.fingerprint);
    if (known) return known;
    const stored = await this.secrets.get(tenant.id, SIGNING_SECRET_ID);
    if (!stored) throw new Error(`tenant ${tenant.id} has no signing key`);
    const openpgp = await import("openpgp");
    const key = await openpgp.readPrivateKey({ armoredKey: await this.vault.open(tenant.id, PURPOSE, stored.data) });
    this.open.set(tenant.signingKey.fingerprint, key);
    return key;
  }
}
