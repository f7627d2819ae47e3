import { beginUpload, finaliseUpload, PACKAGE_LIMIT } from "@wisptools/core/api/repository";
import { call } from "../../../data/api.ts";
import { ApiError, asApiError } from "../../../data/apiError.ts";
import { put } from "../../../data/put.ts";

export type UploadPhase = "queued" | "sending" | "checking" | "done" | "failed" | "cancelled";

/** One .deb on its way into the pool. */
export class Upload {
  readonly file: File;
  readonly tenantId: string;
  /** Published there once it is in; "" for the pool alone. */
  readonly channel: string;
  phase = $state<UploadPhase>("queued");
  /** Octets sent. */
  sent = $state(0);
  startedAt = $state.raw<Date>();
  problem = $state.raw<ApiError>();
  packageName = $state("");
  packageId = $state("");
  #abort = new AbortController();

  constructor(file: File, tenantId: string, channel: string) {
    this.file = file;
    this.tenantId = tenantId;
    this.channel = channel;
  }

  /** 0 to 100; the last hundredth is the server's check. */
  get percent(): number {
    if (this.phase === "done") return 100;
    return this.file.size > 0 ? Math.min(99, (this.sent / this.file.size) * 99) : 0;
  }

  get open(): boolean {
    return this.phase === "queued" || this.phase === "sending" || this.phase === "checking";
  }

  cancel(): void {
    if (!this.open || this.phase === "checking") return;
    this.phase = "cancelled";
    this.#abort.abort();
  }

  /** Sends it and has it checked; ends in `done`, `failed` or `cancelled`, and throws nothing. */
  async run(): Promise<void> {
    if (this.phase !== "queued") return;
    this.phase = "sending";
    this.startedAt = new Date();
    try {
      refuseOddFile(this.file);
      const query = { tenant_id: this.tenantId };
      const begun = await call(beginUpload, { query, body: { filename: this.file.name, size: this.file.size } });
      await put(begun.upload_url, this.file, (sent) => (this.sent = sent), this.#abort.signal);
      this.phase = "checking";
      const body = this.channel ? { channel: this.channel as never } : {};
      const reply = await call(finaliseUpload, { params: { upload_id: begun.upload_id }, query, body });
      this.packageName = reply.package.name;
      this.packageId = reply.package.package_id;
      this.phase = "done";
    } catch (error) {
      if ((this.phase as UploadPhase) === "cancelled") return;
      this.problem = asApiError(error);
      this.phase = "failed";
    }
  }
}

function refuseOddFile(file: File): void {
  const refuse = (message: string) => {
    throw new ApiError("invalid-argument", message);
  };
  if (!file.name.endsWith(".deb")) refuse("This is not a .deb: only Debian packages can be uploaded.");
  if (file.size === 0) refuse("The file is empty.");
  if (file.size > PACKAGE_LIMIT) refuse("The file is larger than 2 GiB.");
}

/** What is being uploaded, one after the other; goes on while people look at other pages. */
class Uploads {
  list = $state.raw<readonly Upload[]>([]);
  #running = false;

  get waiting(): number {
    return this.list.filter((one) => one.open).length;
  }

  add(files: Iterable<File>, tenantId: string, channel: string): void {
    const added = [...files].map((file) => new Upload(file, tenantId, channel));
    this.list = [...this.list, ...added];
    void this.#run();
  }

  /** Once more, as at first. */
  retry(upload: Upload): void {
    const again = new Upload(upload.file, upload.tenantId, upload.channel);
    this.list = this.list.map((one) => (one === upload ? again : one));
    void this.#run();
  }

  /** Forgets what came to its end. */
  tidy(): void {
    this.list = this.list.filter((one) => one.open);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    addEventListener("beforeunload", askBeforeLeaving);
    for (;;) {
      const next = this.list.find((one) => one.phase === "queued");
      if (!next) break;
      await next.run();
    }
    removeEventListener("beforeunload", askBeforeLeaving);
    this.#running = false;
  }
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

export const uploads = new Uploads();
