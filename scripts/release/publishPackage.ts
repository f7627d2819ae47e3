import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { api } from "@wisptools/core";

/** A tenant's repository as somebody with a key of its API reaches it. */
export interface Publisher {
  /** Origin that serves the API. */
  url: string;
  tenantId: string;
  /** The headers that prove who asks: X-API-Key or Authorization. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Uploads a .deb into the tenant's pool and publishes it in the channel. Safe to repeat.
 * @throws Error with the API's own words, e.g. for other content under a version that is taken (409).
 */
export async function publishPackage(publisher: Publisher, file: string, channel: string): Promise<void> {
  const content = readFileSync(file);
  const begun = await ask(publisher, api.beginUpload.path, { filename: basename(file), size: content.length });
  const { upload_id, upload_url } = api.beginUpload.reply.parse(begun);
  const put = await fetch(upload_url, { method: "PUT", body: content });
  if (!put.ok) throw new Error(`${basename(file)}: the upload ended with HTTP ${put.status}: ${await put.text()}`);
  await ask(publisher, api.finaliseUpload.path.replace(":upload_id", upload_id), { channel });
}

async function ask({ url, tenantId, headers }: Publisher, path: string, body: unknown): Promise<unknown> {
  const reply = await fetch(`${url}${path}?tenant_id=${encodeURIComponent(tenantId)}`, {
    method: "POST",
    // What runs between two requests may block this process for longer than a kept connection lives.
    headers: { ...headers, "content-type": "application/json", connection: "close" },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`POST ${path}: HTTP ${reply.status} ${wordsOf(text)}`);
  return JSON.parse(text);
}

/** The message of an error's JSON, else what came. */
function wordsOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? text;
  } catch {
    return text.slice(0, 300);
  }
}
