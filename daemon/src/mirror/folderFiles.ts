import type { OpenFiveGsSubscriber } from "@wisptools/core";
import { type FileContent, readSubscriberFile } from "./folderFile.ts";
import type { MirrorInside } from "./openMirror.ts";
import { markOf, putStandalone, STANDALONE } from "./standaloneSubscribers.ts";

/** Which subscriber came from which file of the folder; survives restarts, so that a file with a fault keeps what it had. */
export class FolderFiles {
  /** A fault was met in a file that may still be being written: look again soon. */
  unsettled = false;
  private readonly inside: MirrorInside;
  private readonly imsisOf = new Map<string, Set<string>>();
  /** State of each file when it was read last. */
  private readonly versions = new Map<string, string>();
  /** Files that hold a subscriber which another file already gave. */
  private readonly waiting = new Map<string, Set<string>>();

  constructor(inside: MirrorInside) {
    this.inside = inside;
    const { origins } = inside.environment;
    for (const imsi of origins.keys()) this.imsis(origins.get(imsi)?.[0] ?? "").add(imsi);
  }

  /** Forgets files that are gone, with their subscribers: the IMSIs. */
  async keepOnly(names: ReadonlySet<string>): Promise<string[]> {
    const gone = [...this.imsisOf].filter(([file]) => !names.has(file));
    const imsis = gone.flatMap(([, held]) => [...held]);
    for (const [file] of gone) this.imsisOf.delete(file);
    for (const file of this.versions.keys()) if (!names.has(file)) this.versions.delete(file);
    await this.write(() => {
      for (const imsi of imsis) this.drop(imsi);
    });
    return imsis;
  }

  /** Reads a file unless it is as it was: the IMSIs that changed, came or went. */
  async read(file: string, path: string, version: string, isYoung: boolean): Promise<string[]> {
    if (this.versions.get(file) === version) return [];
    const content = await readSubscriberFile(path).catch((error: Error) => unreadable(error));
    if (content.faults.length > 0 && isYoung) {
      this.unsettled = true;
      return [];
    }
    this.versions.set(file, version);
    for (const { field, message } of content.faults) this.inside.log.fileFaulty({ file, field, reason: message });
    return this.apply(file, content);
  }

  private async apply(file: string, { subscribers, faults }: FileContent): Promise<string[]> {
    const { environment, log } = this.inside;
    const held = this.imsis(file);
    const there = new Set<string>();
    const changed: string[] = [];
    await this.write(() => {
      for (const subscriber of subscribers) {
        const owner = environment.origins.get(subscriber.imsi)?.[0];
        if (there.has(subscriber.imsi) || (owner !== undefined && owner !== file)) {
          log.fileFaulty({ file, field: "imsi", reason: `is already in ${owner ?? file}` });
          this.waitingFor(subscriber.imsi).add(file);
          continue;
        }
        there.add(subscriber.imsi);
        if (this.put(file, subscriber)) changed.push(subscriber.imsi);
      }
      // Whose document has the fault can't be known, so nobody goes.
      const gone = faults.length > 0 ? [] : [...held].filter((imsi) => !there.has(imsi));
      for (const imsi of gone) {
        held.delete(imsi);
        this.drop(imsi);
      }
      changed.push(...gone);
    });
    return changed;
  }

  private put(file: string, subscriber: OpenFiveGsSubscriber): boolean {
    const { environment, subscribers } = this.inside;
    const { imsi } = subscriber;
    const mark = markOf(this.inside, subscriber);
    this.imsis(file).add(imsi);
    if (environment.origins.get(imsi)?.[1] === mark && subscribers.encoded(imsi)) return false;
    putStandalone(this.inside, subscriber);
    void environment.origins.put(imsi, [file, mark]);
    return true;
  }

  private drop(imsi: string): void {
    this.inside.subscribers.remove(STANDALONE, imsi);
    void this.inside.environment.origins.remove(imsi);
    for (const file of this.waiting.get(imsi) ?? []) {
      this.versions.delete(file);
      this.unsettled = true;
    }
    this.waiting.delete(imsi);
  }

  private async write(action: () => void): Promise<void> {
    await this.inside.environment.batch(action);
  }

  private imsis(file: string): Set<string> {
    const known = this.imsisOf.get(file) ?? new Set();
    this.imsisOf.set(file, known);
    return known;
  }

  private waitingFor(imsi: string): Set<string> {
    const known = this.waiting.get(imsi) ?? new Set();
    this.waiting.set(imsi, known);
    return known;
  }
}

function unreadable(error: Error): FileContent {
  return { subscribers: [], faults: [{ field: "", message: error.message }] };
}
