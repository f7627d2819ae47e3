/** A bounded map whose entries are forgotten after `lifetimeMs`; the oldest go first when it is full. */
export class ExpiringCache<T> {
  private readonly entries = new Map<string, { value: T; until: number }>();
  private readonly lifetimeMs: number;
  private readonly size: number;
  private readonly now: () => number;

  constructor(lifetimeMs: number, size: number, now: () => number) {
    this.lifetimeMs = lifetimeMs;
    this.size = size;
    this.now = now;
  }

  get(key: string): T | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.until <= this.now()) {
      this.entries.delete(key);
      return undefined;
    }
    return entry.value;
  }

  set(key: string, value: T): void {
    this.entries.set(key, { value, until: this.now() + this.lifetimeMs });
    if (this.entries.size > this.size) this.entries.delete(this.entries.keys().next().value as string);
  }
}
