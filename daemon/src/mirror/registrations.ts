import type { Registration, Registrations } from "../records.ts";
import type { Environment } from "./environment.ts";

type Field = Exclude<keyof Registration, "imsi">;
/** Places in a row: new fields go to the end. */
const PLACES: Record<Field, number> = {
  tenantId: 0,
  mme: 1,
  mmeRealm: 2,
  visitedPlmn: 3,
  ratType: 4,
  at: 5,
  purged: 6,
  sent: 7,
  epcId: 8,
  imei: 9,
  softwareVersion: 10,
};
const FIELDS = Object.keys(PLACES) as Field[];

function encode(registration: Registration): unknown[] {
  const row: unknown[] = [];
  for (const field of FIELDS) row[PLACES[field]] = registration[field] ?? null;
  return row;
}

function decode(imsi: string, row: unknown[]): Registration {
  const registration: Record<string, unknown> = { imsi };
  for (const field of FIELDS) {
    const value = row[PLACES[field]];
    if (value !== null && value !== undefined) registration[field] = value;
  }
  return registration as unknown as Registration;
}

/** Registrations in LMDB, with an index by MME. */
export function registrationsIn({
  batch,
  registrations: table,
  registrationsByMme: byMme,
}: Pick<Environment, "batch" | "registrations" | "registrationsByMme">): Registrations {
  const get = (imsi: string): Registration | undefined => {
    const row = table.get(imsi);
    return row && decode(imsi, row);
  };
  function* ofMme(originHost: string): Generator<Registration> {
    const prefix = `${originHost}/`;
    for (const key of byMme.keys(prefix)) {
      const registration = get(key.slice(prefix.length));
      if (registration?.mme === originHost) yield registration;
    }
  }
  function* all(): Generator<Registration> {
    for (const imsi of table.keys()) {
      const registration = get(imsi);
      if (registration) yield registration;
    }
  }
  return {
    get,
    ofMme,
    all,
    put: async (registration) => {
      const { imsi, mme } = registration;
      const before = get(imsi)?.mme;
      await batch(() => {
        void table.put(imsi, encode(registration));
        if (before === mme) return;
        if (before !== undefined) void byMme.remove(`${before}/${imsi}`);
        void byMme.put(`${mme}/${imsi}`, true);
      });
    },
    remove: async (imsi) => {
      const before = get(imsi);
      if (!before) return;
      await batch(() => {
        void table.remove(imsi);
        void byMme.remove(`${before.mme}/${imsi}`);
      });
    },
  };
}
