import type { EpcCertificate } from "@wisptools/store";
import { readCertificateRequest } from "@wisptools/store";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { deviceWrite } from "./deviceWrite.ts";
import { admitPeers, identitiesOf } from "./diameterPeers.ts";

/**
 * Certifies a device's key for its MME and SMF, for 90 days. The certificate before holds beside the new one, as freeDiameter
 * reads its certificate at its start only; the one before that ends. `invalid-argument` naming `csr` for one we don't certify.
 */
export async function renewCertificate(deps: Deps, caller: DeviceCaller, csr: string): Promise<EpcCertificate> {
  const request = await readCertificateRequest(csr);
  const tenant = (await deps.store.tenants.need("tenant", caller.tenantId)).data;
  const identities = identitiesOf(tenant, { id: caller.epcId });
  const issued = await deps.store.certificateAuthorities.certifyEpc(tenant.id, request, identities, deps.now());
  return deviceWrite(deps, caller, async (epc, write) => {
    admitPeers(write, tenant, epc, await deps.store.diameterPeers.ofEpc(epc.id), issued.sha256);
    audit(
      deps,
      write,
      epc.tenantId,
      { actor: `epc:${epc.id}`, actorName: epc.siteName },
      {
        action: "certificate.renew",
        target: epc.id,
        summary: `the device got a Diameter certificate until ${issued.expiresAt.toISOString()}`,
      },
    );
    return { changes: {}, value: issued };
  });
}
