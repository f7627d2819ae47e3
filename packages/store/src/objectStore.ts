import type { Readable } from "node:stream";
import type { Bucket } from "@google-cloud/storage";
import { AppError } from "@wisptools/core";

/** Of IdempotencyStrategy; its import would bring the library along where only types are needed. */
const RETRY_ALWAYS = 0;

/** One object as it is stored; `generation` changes with every write of the name. */
export interface ObjectState {
  size: number;
  generation: string;
}

/** How long the URLs of resumable uploads hold, as Cloud Storage has it. */
export const UPLOAD_URL_DAYS = 7;

/** Objects of Cloud Storage. Ours are immutable: a name is written with one content only, but for uploads, which are checked where they lie. */
export class ObjectStore {
  private readonly bucket: Bucket;
  /** `http://host:port` of the Storage emulator, where there is one. */
  private readonly emulator: string | undefined;

  constructor(bucket: Bucket, emulatorHost = process.env.FIREBASE_STORAGE_EMULATOR_HOST) {
    this.bucket = bucket;
    bucket.storage.retryOptions.idempotencyStrategy = RETRY_ALWAYS; // all that we do may be done twice
    this.emulator = emulatorHost ? `http://${emulatorHost}` : undefined;
  }

  async put(name: string, content: string | Buffer, contentType: string): Promise<void> {
    await this.bucket.file(name).save(content, { contentType, resumable: false, validation: false });
  }

  /** The whole object as UTF-8 text, or undefined when there is none. */
  async get(name: string): Promise<string | undefined> {
    return (await this.bytes(name))?.toString("utf8");
  }

  /** The whole object, or undefined when there is none. */
  async bytes(name: string): Promise<Buffer | undefined> {
    return unlessAbsent(async () => (await this.bucket.file(name).download({ validation: false }))[0]);
  }

  /** Undefined when there is no such object. */
  async state(name: string): Promise<ObjectState | undefined> {
    return unlessAbsent(async () => {
      const [{ size, generation }] = await this.bucket.file(name).getMetadata();
      return { size: Number(size), generation: String(generation) };
    });
  }

  /** The octets of one generation of an object, as they come. */
  read(name: string, { generation }: ObjectState): Readable {
    return this.bucket.file(name, { generation }).createReadStream({ validation: false });
  }

  /**
   * Copies one generation of an object to another name, within the cloud. Repeating it is safe.
   * @throws AppError aborted if it is not there any more.
   */
  async copy(from: string, { generation }: ObjectState, to: string, contentType: string): Promise<void> {
    const copying = this.bucket.file(from, { generation }).copy(this.bucket.file(to), { contentType });
    await copying.catch(abortedIf(404));
  }

  /**
   * Safe to repeat: what is absent stays so. With `state`, only as it was seen; the emulator takes it as it is.
   * @throws AppError aborted if it was written since.
   */
  async delete(name: string, state?: ObjectState): Promise<void> {
    const seen = state ? { ifGenerationMatch: state.generation } : {};
    await this.bucket
      .file(name)
      .delete({ ignoreNotFound: true, ...seen })
      .catch(abortedIf(412));
  }

  /**
   * A URL to which exactly one upload may be PUT, whole or in parts, by whoever has it. The emulator takes one PUT as all of it.
   * @param size octets; Cloud Storage refuses another number.
   * @param origin the page that will send it, for CORS; none for other programs.
   */
  async resumableUploadUrl(name: string, size: number, contentType: string, origin?: string): Promise<string> {
    const [url] = await this.bucket.file(name).createResumableUpload({
      metadata: { contentType, contentLength: size } as { contentType: string },
      ...(origin ? { origin } : {}),
    });
    return url;
  }

  /** A URL at which anyone may GET the object for some minutes. Signed (v4) by the service account through IAM; the emulator asks for nothing. */
  async signedReadUrl(name: string, minutes: number, filename: string): Promise<string> {
    if (this.emulator)
      return `${this.emulator}/${this.bucket.name}/${name.split("/").map(encodeURIComponent).join("/")}`;
    const [url] = await this.bucket.file(name).getSignedUrl({
      version: "v4",
      action: "read",
      expires: Date.now() + minutes * 60_000,
      responseDisposition: `attachment; filename="${filename}"`,
    });
    return url;
  }
}

/** For what fails with a status that says that somebody else was faster. */
function abortedIf(status: number): (error: unknown) => never {
  return (error) => {
    if ((error as { code?: number }).code !== status) throw error;
    throw new AppError("aborted", "someone else changed this at the same time; try again", { cause: error });
  };
}

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as { code?: number }).code === 404) return undefined;
    throw error;
  }
}
