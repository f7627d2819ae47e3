import type { ServedSubscriber } from "../records.ts";

const REMEMBERED = 10_000;

/** Offsets of resynchronisations that the directory may not show yet: the very next AIR must use them. */
export class SqnOffsets {
  private readonly moved = new Map<string, { from: number; to: number }>();
  private readonly writing = new Map<string, Promise<void>>();

  of({ imsi, sqnOffset }: ServedSubscriber): number {
    if (this.moved.size === 0) return sqnOffset;
    const moved = this.moved.get(imsi);
    if (moved === undefined) return sqnOffset;
    if (moved.from === sqnOffset) return moved.to;
    // The directory has this one, or a newer one from another process.
    this.moved.delete(imsi);
    return sqnOffset;
  }

  /** Settles when a crash would not take the subscriber's offset back any more; undefined: it would not now. */
  underWay(imsi: string): Promise<void> | undefined {
    return this.writing.size === 0 ? undefined : this.writing.get(imsi);
  }

  move({ imsi, sqnOffset }: ServedSubscriber, to: number, stored: Promise<void>): void {
    this.writing.set(imsi, stored);
    const forget = (): void => {
      if (this.writing.get(imsi) === stored) this.writing.delete(imsi);
    };
    stored.then(forget, forget);
    this.moved.delete(imsi);
    this.moved.set(imsi, { from: sqnOffset, to });
    for (const oldest of this.moved.keys()) {
      if (this.moved.size <= REMEMBERED) break;
      this.moved.delete(oldest);
    }
  }
}
