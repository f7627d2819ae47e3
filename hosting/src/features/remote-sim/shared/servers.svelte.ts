import { listRemsimServers } from "@wisptools/core/api/simBanks";
import { call } from "../../../data/api.ts";
import { asApiError } from "../../../data/apiError.ts";

export type Server = Awaited<ReturnType<typeof call<typeof listRemsimServers>>>["servers"][number];

/** The servers this tenant may put banks on: the platform's own documents, which no listener may read. */
export class Servers {
  list = $state.raw<readonly Server[]>();
  problem = $state("");

  /** For as long as the calling component lives, of the tenant it names. */
  constructor(tenantId: () => string) {
    $effect(() => {
      const tenant = tenantId();
      this.list = undefined;
      this.problem = "";
      call(listRemsimServers, { query: { tenant_id: tenant } }).then(
        ({ servers }) => {
          if (tenant === tenantId()) this.list = servers;
        },
        (error: unknown) => {
          this.problem = asApiError(error).message;
        },
      );
    });
  }
}
