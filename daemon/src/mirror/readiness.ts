/** Waits for several parts, each known by its name. */
export class Readiness {
  private readonly missing = new Set<string>();
  private readonly actions: { after: Set<string>; run: () => void }[] = [];

  /** To be called when the part is there; again does nothing. */
  part(name: string): () => void {
    this.missing.add(name);
    return () => {
      if (!this.missing.delete(name)) return;
      for (const { after, run } of this.actions) if (after.delete(name) && after.size === 0) run();
    };
  }

  /** Runs once all parts that are known by now are there. */
  whenReady(run: () => void): void {
    this.actions.push({ after: new Set(this.missing), run });
  }
}
