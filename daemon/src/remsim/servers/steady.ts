/** Tells how long something has been the same. */
export class Steady {
  private readonly seen = new Map<string, { value: string; since: number }>();

  /** ms since this key has had this value without a break. */
  age(key: string, value: string, now: number): number {
    const before = this.seen.get(key);
    if (before?.value === value) return now - before.since;
    this.seen.set(key, { value, since: now });
    return 0;
  }

  forget(key: string): void {
    this.seen.delete(key);
  }

  forgetAll(): void {
    this.seen.clear();
  }
}
