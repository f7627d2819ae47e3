import type { Bucket } from "@google-cloud/storage";

/** Objects of Cloud Storage. Ours are immutable: a name is written with one content only. */
export class ObjectStore {
  private readonly bucket: Bucket;

  constructor(bucket: Bucket) {
    this.bucket = bucket;
  }

  async put(name: string, content: string, contentType: string): Promise<void> {
    await this.bucket.file(name).save(content, { contentType, resumable: false, validation: false });
  }

  /** The whole object, or undefined when there is none. */
  async get(name: string): Promise<string | undefined> {
    try {
      const [content] = await this.bucket.file(name).download({ validation: false });
      return content.toString("utf8");
    } catch (error) {
      if ((error as { code?: number }).code === 404) return undefined;
      throw error;
    }
  }
}
