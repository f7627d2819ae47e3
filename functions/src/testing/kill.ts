import type { Deps } from "../deps.ts";

export class Killed extends Error {}

/** Dependencies of a process that is killed before its write of that number, to an object or to documents; 0 is the first. */
export function killedBefore(deps: Deps, at: number): Deps {
  let left = at;
  const count = () => {
    if (left-- <= 0) throw new Killed("killed");
  };
  const objects = Object.create(deps.store.objects) as Deps["store"]["objects"];
  for (const effect of ["put", "copy", "delete"] as const) {
    const real = deps.store.objects[effect].bind(deps.store.objects) as (...args: unknown[]) => Promise<void>;
    Object.assign(objects, {
      [effect]: async (...args: unknown[]) => {
        count();
        await real(...args);
      },
    });
  }
  const write = () => {
    const real = deps.store.write();
    const commit = real.commit.bind(real);
    return Object.assign(real, {
      commit: async () => {
        count();
        await commit();
      },
    });
  };
  return { ...deps, store: { ...deps.store, objects, write } };
}

/**
 * Does something again and again, each time killed one write later than before, until it comes to its end; `check` looks
 * at what is left each time. Returns how many times it was killed.
 */
export async function killEverywhere(
  deps: Deps,
  act: (deps: Deps, round: number) => Promise<unknown>,
  check: (round: number, died: boolean) => Promise<void>,
): Promise<number> {
  for (let round = 0; ; round++) {
    const died = await act(killedBefore(deps, round), round).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Killed) return true;
        throw error;
      },
    );
    await check(round, died);
    if (!died) return round;
  }
}
