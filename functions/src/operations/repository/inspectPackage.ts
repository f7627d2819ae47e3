import { createHash } from "node:crypto";
import {
  CONTROL_ARCHIVE_EXPANDED_LIMIT,
  controlOf,
  type DebianArchiveHead,
  type PackageControl,
  packageControl,
  readDebianArchiveHead,
} from "@wisptools/core";
import { inflate } from "./inflate.ts";

export interface Inspected {
  control: PackageControl;
  sha256: string;
  size: number;
}

/**
 * Checks a .deb and hashes it as its octets pass by once; no more of it is kept than what lies before its files.
 * @param size octets it has to have.
 * @throws AppError invalid-argument naming the part or field that is wrong.
 */
export async function inspectPackage(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
): Promise<Inspected> {
  const hash = createHash("sha256");
  const head = new HeadCollector(size);
  for await (const chunk of chunks) {
    hash.update(chunk);
    head.add(chunk);
  }
  const { bytes, found } = head.end();
  const { control } = found;
  const archive = bytes.subarray(control.offset, control.offset + control.size);
  const tar = await inflate(archive, control.compression, CONTROL_ARCHIVE_EXPANDED_LIMIT);
  return { control: packageControl(controlOf(tar)), sha256: hash.digest("hex"), size };
}

/** The first octets of a .deb, as many as its reader asks for. */
class HeadCollector {
  private parts: Buffer[] = [];
  private length = 0;
  private needed = 0;
  private found: DebianArchiveHead | undefined;
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  add(chunk: Buffer): void {
    if (this.found) return;
    this.parts.push(chunk);
    this.length += chunk.length;
    if (this.length >= this.needed) this.look();
  }

  end(): { bytes: Buffer; found: DebianArchiveHead } {
    if (!this.found) this.look();
    const [bytes] = this.parts;
    if (!this.found || !bytes) throw new Error("the object ended before the size that it was said to have");
    return { bytes, found: this.found };
  }

  private look(): void {
    const [first] = this.parts;
    const bytes = first && this.parts.length === 1 ? first : Buffer.concat(this.parts);
    this.parts = [bytes];
    const head = readDebianArchiveHead(bytes, this.size);
    if (head.complete) this.found = head;
    else this.needed = head.needed;
  }
}
