import type { ServedSubscriber } from "../records.ts";

const REMEMBERED = 10_000;

/** Offsets of resynchronisations that the directory may not show yet: the very next AIR must use them. */
export class SqnOffsets {
  private readonly moved = new Map<string, { from: number; to: number }>();

  of({ imsi, sqnOffset }: ServedSubscriber): number {
    if (this.moved.size === 0) return sqnOffset;
    const moved = this.moved.get(imsi);
    if (moved === undefined) return sqnOffset;
    if (moved.from === sqnOffset) return moved.to;
    // The directory has this one, or a newer one from another process.
    this.moved.delete(imsi);
    return sqnOffset;
  }

  move({ imsi, sqnOffset }: ServedSubscriber, to: number): void {
    this.moved.delete(imsi);
    this.moved.set(imsi, { from: sqnOffset, to });
    for (const oldest of this.moved.keys()) {
      if (this.moved.size <= REMEMBERED) break;
      this.moved.delete(oldest);
    }
  }
}
