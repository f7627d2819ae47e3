import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MirrorEvents } from "../records.ts";
import { FolderFiles } from "./folderFiles.ts";
import type { Mirror } from "./openMirror.ts";
import { makeStandaloneTenant, STANDALONE } from "./standaloneSubscribers.ts";

export interface FolderOptions {
  folder: string;
  /** Origin-Realm of answers. */
  realm: string;
  /** Between looks at the folder, in case the system's notice of a change is lost. */
  rescanMs?: number;
}

const RESCAN_MS = 5_000;
/** Changes come in bursts. */
const DEBOUNCE_MS = 100;
/** A file this young may still be being written: its faults are not told yet. */
const SETTLE_MS = 1_000;

export interface Follower {
  close(): Promise<void>;
}

/**
 * Serves the subscribers of a folder: one Open5GS document per `*.json`, or an array of them. Returns when what is there has been read; later
 * additions, changes and removals follow by themselves. A file with a fault is logged with the field and its former content stays.
 * @throws when the folder can't be read.
 */
export async function followFolder(mirror: Mirror, options: FolderOptions, events: MirrorEvents): Promise<Follower> {
  await makeStandaloneTenant(mirror.inside, options.realm);
  const files = new FolderFiles(mirror.inside);
  const follower = new FolderFollower(mirror, options, files, events);
  await follower.start();
  return follower;
}

class FolderFollower implements Follower {
  private readonly mirror: Mirror;
  private readonly options: FolderOptions;
  private readonly files: FolderFiles;
  private readonly events: MirrorEvents;
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private scanning: Promise<void> = Promise.resolve();
  private queued = false;
  private closed = false;

  constructor(mirror: Mirror, options: FolderOptions, files: FolderFiles, events: MirrorEvents) {
    this.mirror = mirror;
    this.options = options;
    this.files = files;
    this.events = events;
  }

  async start(): Promise<void> {
    const { environment } = this.mirror.inside;
    await this.scan();
    await environment.meta.put("synced", true);
    this.watchFolder();
    // What changed between the first look and the watch.
    this.after(DEBOUNCE_MS);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.watcher?.close();
    await this.scanning;
  }

  private watchFolder(): void {
    if (this.watcher || this.closed) return;
    try {
      this.watcher = watch(this.options.folder, () => this.after(DEBOUNCE_MS));
    } catch {
      return; // The folder is away; the next look tries again.
    }
    this.watcher.on("error", () => {
      this.watcher?.close();
      this.watcher = undefined;
    });
  }

  private after(ms: number): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), ms);
  }

  private look(): void {
    if (this.queued) return;
    this.queued = true;
    this.scanning = this.scanning.then(async () => {
      this.queued = false;
      if (this.closed) return;
      await this.scan().catch((error) =>
        this.mirror.inside.log.folderUnreadable({ folder: this.options.folder }, error),
      );
      this.watchFolder();
      this.after(this.files.unsettled ? DEBOUNCE_MS * 2 : (this.options.rescanMs ?? RESCAN_MS));
    });
  }

  private async scan(): Promise<void> {
    const { folder } = this.options;
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json") && !name.startsWith(".")).sort();
    const { now, log } = this.mirror.inside;
    const changed = new Set<string>();
    this.files.unsettled = false;
    for (const imsi of await this.files.keepOnly(new Set(names))) changed.add(imsi);
    const removed = changed.size;
    for (const name of names) {
      const path = join(folder, name);
      const stats = await stat(path).catch(() => undefined);
      if (!stats?.isFile() || this.closed) continue;
      const isYoung = Math.abs(now() - stats.mtimeMs) < SETTLE_MS;
      const version = `${stats.mtimeMs}/${stats.size}/${stats.ino}`;
      for (const imsi of await this.files.read(name, path, version, isYoung)) changed.add(imsi);
    }
    if (changed.size === 0) return;
    log.folderRead({
      files: names.length,
      subscribers: this.mirror.stats().subscribers,
      changed: changed.size,
      removed,
    });
    this.events.profilesChanged(STANDALONE, [...changed]);
  }
}
