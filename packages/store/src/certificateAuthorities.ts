import {
  AppError,
  type CertificateAuthority,
  paths,
  type SealedSecret,
  type Tenant,
  type TenantId,
} from "@wisptools/core";
import { type Authority, type IssuedCertificate, issueCertificate, newAuthority, newKeyPair } from "./certificate.ts";
import type { CertificateRequest } from "./certificateRequest.ts";
import { type Documents, untilUncontended, type Write } from "./documents.ts";
import type { Vault } from "./vault.ts";

const PURPOSE = "diameter-ca";
const SECRET_ID = "diameterCa";
/** Whom the platform's own authority is sealed for; no tenant's id, as those begin with `tenant_`. */
const PLATFORM = "platform";

export interface EpcCertificate extends IssuedCertificate {
  /** What the EPC must trust: its own authority, as freeDiameter checks its own certificate too, and the daemons'. */
  caPem: string;
}

export interface ServerCertificate extends IssuedCertificate {
  keyPem: string;
  caPem: string;
}

interface Tables {
  tenants: Documents<[TenantId], Tenant>;
  secrets: Documents<[TenantId, string], SealedSecret>;
  platformAuthorities: Documents<[string], CertificateAuthority>;
}

/**
 * Who certifies Diameter identities: an authority for each tenant's EPCs and one of the platform for the daemons. Each is
 * made at its first use; of several that try at once one wins. Their keys are sealed, and stay open in memory per instance.
 */
export class CertificateAuthorities {
  private readonly open = new Map<string, Authority>();
  private readonly vault: Vault;
  private readonly tables: Tables;
  private readonly write: () => Write;

  constructor(vault: Vault, tables: Tables, write: () => Write) {
    this.vault = vault;
    this.tables = tables;
    this.write = write;
  }

  /** Certifies the key of a request for the identities of an EPC of this tenant, by the tenant's authority; 90 days. */
  async certifyEpc(
    tenantId: TenantId,
    request: CertificateRequest,
    identities: readonly string[],
    now: Date,
  ): Promise<EpcCertificate> {
    const authority = await this.kept(tenantId, () => this.ofTenant(tenantId, now));
    const issued = await issueCertificate(authority, request, identities, now);
    return { ...issued, caPem: `${authority.certificatePem}${await this.platformCertificate(now)}` };
  }

  /** A fresh key and its certificate for a daemon's identities, by the platform's authority; 90 days. The key is kept nowhere. */
  async issueServerCertificate(identities: readonly string[], now: Date): Promise<ServerCertificate> {
    const authority = await this.kept(PLATFORM, () => this.ofPlatform(now));
    const { keyPem, request } = await newKeyPair();
    return {
      ...(await issueCertificate(authority, request, identities, now)),
      keyPem,
      caPem: authority.certificatePem,
    };
  }

  /** The certificate of the authority behind every daemon, PEM. */
  async platformCertificate(now: Date): Promise<string> {
    return (await this.kept(PLATFORM, () => this.ofPlatform(now))).certificatePem;
  }

  private async kept(id: string, find: () => Promise<Authority>): Promise<Authority> {
    const known = this.open.get(id);
    if (known) return known;
    const found = await untilUncontended(find); // another one made it at the same time: read that
    this.open.set(id, found);
    return found;
  }

  private async ofTenant(tenantId: TenantId, now: Date): Promise<Authority> {
    const [tenant, sealed] = await Promise.all([
      this.tables.tenants.need("tenant", tenantId),
      this.tables.secrets.get(tenantId, SECRET_ID),
    ]);
    const certificatePem = tenant.data.diameterCa?.certificatePem;
    if (sealed && certificatePem) {
      return { certificatePem, keyPem: await this.vault.open(tenantId, PURPOSE, sealed.data) };
    }
    // Both are written at once: one without the other was read in between.
    if (sealed || certificatePem)
      throw new AppError("aborted", `the certificate authority of ${tenantId} is being made`);
    const fresh = await newAuthority(`wisptools ${tenantId}`, now);
    await this.write()
      .create(paths.secret(tenantId, SECRET_ID), await this.vault.seal(tenantId, PURPOSE, fresh.keyPem))
      .patch(paths.tenant(tenantId), { diameterCa: { certificatePem: fresh.certificatePem } })
      .commit();
    return fresh;
  }

  private async ofPlatform(now: Date): Promise<Authority> {
    const stored = await this.tables.platformAuthorities.get(SECRET_ID);
    if (stored) {
      const { certificatePem, key } = stored.data;
      return { certificatePem, keyPem: await this.vault.open(PLATFORM, PURPOSE, key) };
    }
    const fresh = await newAuthority("wisptools platform", now);
    const key = await this.vault.seal(PLATFORM, PURPOSE, fresh.keyPem);
    const { certificatePem } = fresh;
    await this.write()
      .create(paths.platformSecret(SECRET_ID), { schemaVersion: 1, certificatePem, key, createdAt: now })
      .commit();
    return fresh;
  }
}
