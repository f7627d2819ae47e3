import { readFileSync, statSync } from "node:fs";
import type { TlsFiles } from "../../remsimConfig.ts";
import type { RemsimLog } from "../logs.ts";

const LOOK_MS = 60_000;

export interface TlsFilesMaterial {
  cert: Buffer;
  key: Buffer;
  ca: Buffer;
}

/** Certificate, key and authority of a listener, read again when one of the files changes. */
export class TlsFilesWatch {
  private readonly files: TlsFiles;
  private readonly log: RemsimLog;
  private seen = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(files: TlsFiles, log: RemsimLog) {
    this.files = files;
    this.log = log;
  }

  /** @throws when one cannot be read. */
  read(): TlsFilesMaterial {
    const { cert, key, ca } = this.files;
    this.seen = this.marks();
    return { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(ca) };
  }

  start(changed: (material: TlsFilesMaterial) => void): void {
    this.timer = setInterval(() => this.look(changed), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Files that are being replaced do not fit together for a moment: then the old ones hold, and we look again. */
  look(changed: (material: TlsFilesMaterial) => void): void {
    const before = this.seen;
    try {
      if (this.marks() === before) return;
      changed(this.read());
      this.log.certificateRead({ file: this.files.cert });
    } catch (error) {
      this.seen = before;
      this.log.certificateUnreadable(error);
    }
  }

  private marks(): string {
    return Object.values(this.files)
      .map((file) => {
        const { mtimeMs, size, ino } = statSync(file);
        return `${mtimeMs} ${size} ${ino}`;
      })
      .join();
  }
}
