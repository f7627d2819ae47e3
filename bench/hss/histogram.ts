/** Durations, to be asked for percentiles afterwards. */
export class Histogram {
  private values = new Float64Array(1 << 16);
  private filled = 0;

  get count(): number {
    return this.filled;
  }

  add(value: number): void {
    if (this.filled === this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.filled++] = value;
  }

  /** @param share 0 to 1; the largest value for 1. */
  percentile(share: number): number {
    const sorted = this.values.slice(0, this.filled).sort();
    return sorted[Math.min(this.filled - 1, Math.floor(this.filled * share))] ?? 0;
  }
}
