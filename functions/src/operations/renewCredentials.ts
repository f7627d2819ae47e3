import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { audit } from "./audit.ts";
import { deviceWrite } from "./deviceWrite.ts";
import { type IssuedCredentials, issueCredentials, PENDING_CREDENTIALS } from "./issueCredentials.ts";

/** Fresh credentials for a device that still has good ones; the old end when the new are first used. */
export async function renewCredentials(deps: Deps, caller: DeviceCaller): Promise<IssuedCredentials> {
  return deviceWrite(deps, caller, async (epc, write) => {
    const issued = await issueCredentials(deps, write, epc, epc.credentials.generation);
    const { current, pending: others } = epc.credentials;
    const pending = current === caller.credentialId ? [...others, issued.id] : [issued.id];
    audit(
      deps,
      write,
      epc.tenantId,
      { actor: `epc:${epc.id}`, actorName: epc.siteName },
      {
        action: "credentials.renew",
        target: epc.id,
        summary: "the device fetched fresh credentials",
      },
    );
    return {
      changes: {
        credentials: {
          ...epc.credentials,
          current: caller.credentialId,
          pending: pending.slice(-PENDING_CREDENTIALS),
          issuedAt: deps.now(),
        },
      },
      value: issued,
    };
  });
}
