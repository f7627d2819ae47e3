import { type RepositoryKey, repositoryKeySecretId, type SealedSecret, type TenantId } from "@wisptools/core";
import type { PrivateKey } from "openpgp";
import type { Documents } from "./documents.ts";
import type { Vault } from "./vault.ts";

/** A repository's key holds so long. */
export const REPOSITORY_KEY_YEARS = 5;
const YEAR_SECONDS = 31_557_600;

const purposeOf = (fingerprint: string): string => `openpgp-repository/${fingerprint}`;

/** What a release is signed into: all keys sign, so that a client that has one of them is content. */
export interface SignedText {
  /** The text clear-signed (RFC 9580 7), for InRelease. */
  clear: string;
  /** An armoured detached signature, for Release.gpg. */
  detached: string;
}

/** The keys that sign tenants' repositories: private halves sealed, kept open in memory per instance. */
export class RepositorySigner {
  private readonly open = new Map<string, PrivateKey>();
  private readonly vault: Vault;
  private readonly secrets: Documents<[TenantId, string], SealedSecret>;

  constructor(vault: Vault, secrets: Documents<[TenantId, string], SealedSecret>) {
    this.vault = vault;
    this.secrets = secrets;
  }

  /** A new pair, announced by the keys that are active now; the caller stores the key and its sealed half in one write. */
  async generate(
    tenantId: TenantId,
    algorithm: RepositoryKey["algorithm"],
    now: Date,
    announcers: readonly RepositoryKey[],
  ): Promise<{ key: RepositoryKey; sealed: SealedSecret }> {
    const openpgp = await import("openpgp");
    // ed25519Legacy: of the two kinds of Ed25519 in OpenPGP, what apt's gpgv of Debian 12 can verify.
    const kind = algorithm === "ed25519" ? { type: "ecc" as const, curve: "ed25519Legacy" as const } : RSA_4096;
    const pair = await openpgp.generateKey({
      ...kind,
      userIDs: [{ name: `wisptools repository ${tenantId}` }],
      keyExpirationTime: REPOSITORY_KEY_YEARS * YEAR_SECONDS,
      format: "armored",
    });
    const fingerprint = (await openpgp.readKey({ armoredKey: pair.publicKey })).getFingerprint();
    const key: RepositoryKey = {
      schemaVersion: 1,
      id: fingerprint,
      tenantId,
      algorithm,
      state: "active",
      publicKey: pair.publicKey,
      ...(announcers.length > 0 ? { announcement: (await this.sign(announcers, pair.publicKey)).clear } : {}),
      createdAt: now,
      expiresAt: new Date(now.getTime() + REPOSITORY_KEY_YEARS * YEAR_SECONDS * 1000),
    };
    return { key, sealed: await this.vault.seal(tenantId, purposeOf(fingerprint), pair.privateKey) };
  }

  /** Signs a text by all of these keys. Its lines must not end in blanks: clear signatures do not cover those. */
  async sign(keys: readonly RepositoryKey[], text: string): Promise<SignedText> {
    const openpgp = await import("openpgp");
    const signingKeys = await Promise.all(keys.map((key) => this.privateKey(key)));
    const [clear, detached] = await Promise.all([
      openpgp.sign({ message: await openpgp.createCleartextMessage({ text }), signingKeys }),
      openpgp.sign({
        message: await openpgp.createMessage({ binary: Buffer.from(text, "utf8") }),
        signingKeys,
        detached: true,
      }),
    ]);
    return { clear: String(clear), detached: String(detached) };
  }

  /** The public halves in one armoured block: apt reads no further than the first of an .asc file. */
  async keyring(keys: readonly RepositoryKey[]): Promise<string> {
    const openpgp = await import("openpgp");
    const packets = new openpgp.PacketList();
    for (const { publicKey } of keys) {
      packets.push(...(await openpgp.readKey({ armoredKey: publicKey })).toPacketList());
    }
    return openpgp.armor(openpgp.enums.armor.publicKey, packets.write(), undefined, undefined, undefined, true);
  }

  private async privateKey({ tenantId, id }: RepositoryKey): Promise<PrivateKey> {
    const known = this.open.get(id);
    if (known) return known;
    const stored = await this.secrets.get(tenantId, repositoryKeySecretId(id));
    if (!stored) throw new Error(`the private half of repository key ${id} of ${tenantId} is absent`);
    const openpgp = await import("openpgp");
    const armoredKey = await this.vault.open(tenantId, purposeOf(id), stored.data);
    const key = await openpgp.readPrivateKey({ armoredKey });
    this.open.set(id, key);
    return key;
  }
}

const RSA_4096 = { type: "rsa" as const, rsaBits: 4096 };
