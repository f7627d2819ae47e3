import { setTimeout } from "node:timers/promises";
import type { Registration, Registrations } from "../records.ts";

/** Registrations in a map. A write takes a turn of the event loop, as the disk would. */
export class MemoryRegistrations implements Registrations {
  readonly records = new Map<string, Registration>();
  /** Fails the next writes. */
  broken = false;
  /** Writes begun and not done. */
  writing = 0;

  get(imsi: string): Registration | undefined {
    return this.records.get(imsi);
  }

  put(registration: Registration): Promise<void> {
    return this.write(() => this.records.set(registration.imsi, registration));
  }

  remove(imsi: string): Promise<void> {
    return this.write(() => this.records.delete(imsi));
  }

  *ofMme(originHost: string): Iterable<Registration> {
    for (const each of this.records.values()) if (each.mme === originHost) yield each;
  }

  all(): Iterable<Registration> {
    return this.records.values();
  }

  private async write(change: () => void): Promise<void> {
    this.writing += 1;
    await setTimeout(1);
    this.writing -= 1;
    if (this.broken) throw new Error("the disk is full");
    change();
  }
}
