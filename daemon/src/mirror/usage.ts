import type { Usage } from "../records.ts";
import type { Environment } from "./environment.ts";

/** Octets used in the running quota period, in LMDB. */
export function usageIn({ usage: table }: Pick<Environment, "usage">): Usage {
  return {
    get: (imsi) => {
      const row = table.get(imsi);
      return row && { period: row[0], uplink: row[1], downlink: row[2] };
    },
    put: (imsi, { period, uplink, downlink }) => table.put(imsi, [period, uplink, downlink]),
  };
}
