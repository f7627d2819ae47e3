import { createHash } from "node:crypto";
import { BankSlot } from "@wisptools/core";
import { z } from "zod";
import type { Table } from "../../mirror/table.ts";
import type { KeptReply } from "../remsimStore.ts";
import { type CloudAnswer, fieldsOf } from "./cloudApi.ts";

const MOST = 20_000;
/** A reply has a few hundred. */
const MOST_BYTES = 8192;

const Reply = z.object({
  status: z.literal("success"),
  bank_id: z.int(),
  slot_id: z.int(),
  bankd_endpoint: z.string(),
  heartbeat_interval: z.int(),
});

/** Names a client here: routers of one credential and name are one. */
export function clientOf(credential: string, clientId: string): string {
  return `${credential}/${clientId}`;
}

/** The last good replies to registrations, on disk, for when the cloud is away. */
export class KeptReplies {
  private readonly table: Table<KeptReply>;
  private readonly now: () => number;

  constructor(table: Table<KeptReply>, now: () => number) {
    this.table = table;
    this.now = now;
  }

  /** Resolves when it survives a crash. */
  async keep(client: string, body: Buffer, { contentType, bytes }: CloudAnswer): Promise<void> {
    const reply = Reply.safeParse(fieldsOf(bytes));
    if (!reply.success || bytes.length > MOST_BYTES) return this.drop(client);
    const { bank_id: bankId, slot_id: slotId, bankd_endpoint: endpoint, heartbeat_interval: interval } = reply.data;
    const identity = BankSlot.safeParse({ bankId, slotId });
    if (!identity.success) return this.drop(client);
    if (this.table.size >= MOST && !this.table.get(client)) this.dropOldest();
    await this.table.put(client, {
      ...{ bodyHash: hashOf(body), contentType, bytes, client: identity.data, interval, at: this.now() },
      serverHost: endpoint.replace(/:\d+$/, ""),
    });
  }

  get(client: string): KeptReply | undefined {
    return this.table.get(client);
  }

  /** The reply to exactly this request. */
  find(client: string, body: Buffer): KeptReply | undefined {
    const kept = this.table.get(client);
    return kept?.bodyHash === hashOf(body) ? kept : undefined;
  }

  setInterval(client: string, interval: number): void {
    const kept = this.table.get(client);
    if (kept && kept.interval !== interval) void this.table.put(client, { ...kept, interval });
  }

  async drop(client: string): Promise<void> {
    if (this.table.get(client)) await this.table.remove(client);
  }

  /** All of one credential. @returns how many. */
  dropCredential(credential: string): number {
    const keys = [...this.table.keys(`${credential}/`)];
    for (const key of keys) void this.table.remove(key);
    return keys.length;
  }

  private dropOldest(): void {
    const all = [...this.table.keys()].map((key) => ({ key, at: this.table.get(key)?.at ?? 0 }));
    for (const { key } of all.sort((a, b) => a.at - b.at).slice(0, MOST / 10)) void this.table.remove(key);
  }
}

function hashOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}
