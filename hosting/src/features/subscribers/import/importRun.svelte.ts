import { importRows, previewImport, startImport } from "@wisptools/core/api/subscribers";
import { call } from "../../../data/api.ts";
import { type ApiError, asApiError } from "../../../data/apiError.ts";
import { partAt, type RowFile, readRows, sha256 } from "./rows.ts";

export interface PreviewRow {
  /** In the file, from 1, the CSV's header aside. */
  row: number;
  imsi: string;
  effect: "create" | "update" | "unchanged" | "error";
  faults: readonly { field: string; message: string }[];
}

/** Few enough for a bar that moves, many enough to be quick. */
const PREVIEW_ROWS = 500;
const APPLY_ROWS = 100;

/** One file from its choice to the last row. Nothing changes before `apply`. */
export class ImportRun {
  phase = $state<"choose" | "preview" | "ready" | "applying" | "stopped" | "finished">("choose");
  fileName = $state("");
  problem = $state.raw<ApiError>();
  total = $state(0);
  preview = $state.raw<readonly PreviewRow[]>([]);
  sha = $state("");
  /** The import's document; it tells how far it is. */
  importId = $state("");
  /** For new subscribers whose row names no plan and no group. */
  defaults = $state({ planId: "", groupId: "" });
  #file: RowFile | undefined;
  #stop = false;
  #tenant: () => string;

  constructor(tenant: () => string) {
    this.#tenant = tenant;
  }

  async open(file: File): Promise<void> {
    this.reset();
    this.fileName = file.name;
    await this.#guard(async () => {
      const data = await file.arrayBuffer();
      this.sha = await sha256(data);
      this.#file = readRows(new TextDecoder().decode(data));
      this.total = this.#file.rows.length;
      this.phase = "preview";
      await this.#look(this.#file);
      this.phase = "ready";
    });
    if (this.problem) this.phase = "choose";
  }

  /** Begins, or goes on where the same file's unfinished import is. */
  async apply(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    this.phase = "applying";
    this.#stop = false;
    const query = { tenant_id: this.#tenant() };
    let finished = false;
    await this.#guard(async () => {
      const body = { file_name: this.fileName.slice(0, 200), sha256: this.sha, total: this.total };
      const { import_id, next } = await call(startImport, { query, body });
      this.importId = import_id;
      let offset = next;
      finished = offset >= this.total;
      while (!finished && !this.#stop) {
        const { text } = partAt(file, offset, APPLY_ROWS);
        const reply = await call(importRows, {
          params: { import_id },
          query,
          body: { offset, format: file.format, text, ...this.#defaults() },
        });
        offset = reply.next;
        finished = reply.finished;
      }
    });
    this.phase = finished ? "finished" : "stopped";
  }

  /** Looks again, as after a change of the defaults. */
  async again(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    this.phase = "preview";
    this.preview = [];
    await this.#guard(() => this.#look(file));
    if (this.#file === file) this.phase = "ready";
  }

  stop(): void {
    this.#stop = true;
  }

  reset(): void {
    this.#file = undefined;
    this.#stop = true;
    this.phase = "choose";
    this.problem = undefined;
    this.preview = [];
    this.total = 0;
    this.importId = "";
  }

  async #look(file: RowFile): Promise<void> {
    while (this.preview.length < this.total) {
      const { offset, text, count } = partAt(file, this.preview.length, PREVIEW_ROWS);
      const reply = await call(previewImport, {
        query: { tenant_id: this.#tenant() },
        body: { format: file.format, text, ...this.#defaults() },
      });
      if (this.#file !== file) return;
      if (reply.rows.length !== count)
        throw new Error(`The server sees ${reply.rows.length} rows where this page sees ${count}.`);
      this.preview = [...this.preview, ...reply.rows.map((one, i) => ({ ...one, row: offset + i + 1 }))];
    }
  }

  #defaults() {
    const { planId, groupId } = this.defaults;
    return { ...(planId ? { plan_id: planId } : {}), ...(groupId ? { group_id: groupId } : {}) };
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    try {
      await work();
    } catch (error) {
      this.problem = asApiError(error);
    }
  }
}
