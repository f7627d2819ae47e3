import { log } from "../../logs.ts";

const PARALLEL = 20;

/** Does it for each, some at a time; one that fails is logged, counts as undefined, and does not hold up the others. */
export async function eachSafely<T extends { path: string }, R>(
  items: readonly T[],
  act: (item: T) => Promise<R | undefined>,
  parallel = PARALLEL,
): Promise<(R | undefined)[]> {
  const results: (R | undefined)[] = [];
  for (let start = 0; start < items.length; start += parallel) {
    results.push(
      ...(await Promise.all(
        items.slice(start, start + parallel).map((item) =>
          act(item).catch((error: unknown) => {
            log.remsimFault({ path: item.path }, error);
            return undefined;
          }),
        ),
      )),
    );
  }
  return results;
}
