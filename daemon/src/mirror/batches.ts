import type { RootDatabase } from "lmdb";

/** Writes that become one transaction. Within a batch LMDB settles each write's own promise early, so all of them share the batch's. */
export class Batches {
  /** Of the batch whose action is running. */
  current: Promise<boolean> | undefined;
  private readonly root: RootDatabase;

  constructor(root: RootDatabase) {
    this.root = root;
  }

  /** Runs `action`, which writes without waiting; resolves when all of it is committed. */
  async run(action: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    // Whoever waits, waits for the result below.
    promise.catch(() => {});
    this.current = promise;
    try {
      const written = this.root.batch(action);
      this.current = undefined;
      resolve(await written);
    } catch (error) {
      this.current = undefined;
      reject(error);
      throw error;
    }
  }
}
