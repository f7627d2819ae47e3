/** Last in line for each thing that this process changes. */
const lines = new Map<string, Promise<unknown>>();

/**
 * Runs `act` after all others that wait for the same thing in this process. Writers that insist on a document's version make each other
 * read again; one after the other, hundreds get through where all at once would give up.
 */
export async function inTurn<T>(thing: string, act: () => Promise<T>): Promise<T> {
  const before = lines.get(thing) ?? Promise.resolve();
  const turn = before.then(act, act);
  lines.set(thing, turn);
  try {
    return await turn;
  } finally {
    if (lines.get(thing) === turn) lines.delete(thing);
  }
}
