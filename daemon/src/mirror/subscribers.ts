import { openSubscriberKeys } from "@wisptools/store/subscriberKeys";
import type { OpenKeys, ServedSubscriber } from "../records.ts";
import type { Keyring } from "./keyring.ts";
import { digest, type Profiles, type SharedProfile } from "./profiles.ts";
import { EncodedSubscriber, encodeSubscriber, type SubscriberRecord } from "./subscriberRecord.ts";
import type { Table } from "./table.ts";

/** A subscriber as it lies in LMDB; what isn't asked for isn't decoded. */
class Served implements ServedSubscriber {
  readonly imsi: string;
  private readonly encoded: EncodedSubscriber;
  private readonly shared: SharedProfile;
  private readonly profiles: Profiles;
  private readonly keyring: Keyring;
  private whole: ServedSubscriber["profile"];

  constructor(imsi: string, bytes: Buffer, profiles: Profiles, keyring: Keyring) {
    this.imsi = imsi;
    this.encoded = new EncodedSubscriber(bytes);
    this.shared = profiles.shared(this.encoded.shared);
    this.profiles = profiles;
    this.keyring = keyring;
  }

  get tenantId(): string {
    return this.shared.tenantId;
  }

  get profile(): ServedSubscriber["profile"] {
    if (this.encoded.isPlain) return this.shared.profile;
    this.whole ??= this.profiles.own(this.encoded.shared, this.encoded);
    return this.whole;
  }

  get missing(): string | undefined {
    return this.shared.missing;
  }

  get profileHash(): string {
    return this.encoded.isPlain ? this.shared.hash : digest([this.shared.hash, this.encoded.own]);
  }

  get algorithm(): "milenage" | "tuak" {
    return this.encoded.algorithm;
  }

  get amf(): number {
    return this.encoded.amf;
  }

  get sqnOffset(): number {
    return this.encoded.sqnOffset;
  }

  openKeys(): OpenKeys {
    return openSubscriberKeys(this.keyring.gcm(this.tenantId), this.tenantId, this.imsi, this.encoded.keys);
  }
}

/** Seconds by which the clocks of Firestore and of this machine may differ. */
const CLOCK_TOLERANCE_MS = 5_000;

/** The subscribers in LMDB, by IMSI. */
export class Subscribers {
  private readonly table: Table<Buffer>;
  private readonly offsets: Table<[offset: number, writtenAt: number]>;
  private readonly profiles: Profiles;
  private readonly keyring: Keyring;

  constructor(
    tables: { subscribers: Table<Buffer>; offsets: Table<[offset: number, writtenAt: number]> },
    profiles: Profiles,
    keyring: Keyring,
  ) {
    this.table = tables.subscribers;
    this.offsets = tables.offsets;
    this.profiles = profiles;
    this.keyring = keyring;
  }

  get size(): number {
    return this.table.size;
  }

  get(imsi: string): ServedSubscriber | undefined {
    const bytes = this.table.get(imsi);
    return bytes && new Served(imsi, bytes, this.profiles, this.keyring);
  }

  /** As it lies there, for those who write. */
  encoded(imsi: string): EncodedSubscriber | undefined {
    const bytes = this.table.get(imsi);
    return bytes && new EncodedSubscriber(bytes);
  }

  imsis(): Iterable<string> {
    return this.table.keys();
  }

  /** Whether that changed anything; an older or equal state than the one that is there changes nothing. */
  put(imsi: string, record: SubscriberRecord): boolean {
    const known = this.encoded(imsi);
    if (known && known.at >= record.at) return false;
    const fresh = new EncodedSubscriber(encodeSubscriber({ ...record, sqnOffset: this.offsetOf(imsi, record, known) }));
    void this.table.put(imsi, fresh.bytes);
    return !known?.equals(fresh);
  }

  /** Takes a subscriber away, but not one that another tenant has got since. */
  remove(tenantId: string, imsi: string): boolean {
    if (!this.encoded(imsi)?.shared.startsWith(`${tenantId}\n`)) return false;
    void this.table.remove(imsi);
    void this.offsets.remove(imsi);
    return true;
  }

  /** Holds from now on, until the cloud shows what was set after it. Resolves when it survives a crash of the process. */
  async setOffset(imsi: string, offset: number): Promise<void> {
    const known = this.encoded(imsi);
    if (!known) return;
    await Promise.all([this.table.put(imsi, known.withOffset(offset)), this.offsets.put(imsi, [offset, 0])]);
  }

  /** The cloud has the offset; what it shows from now on is as new. */
  offsetWritten(imsi: string, offset: number, now: number): void {
    if (this.offsets.get(imsi)?.[0] === offset) void this.offsets.put(imsi, [offset, now]);
  }

  /** Ours, as long as the cloud's is from before ours was written and the keys are the same. */
  private offsetOf(imsi: string, record: SubscriberRecord, known: EncodedSubscriber | undefined): number {
    const own = this.offsets.get(imsi);
    if (!own) return record.sqnOffset;
    const [offset, writtenAt] = own;
    const isOlder = writtenAt === 0 || record.at / 1000 < writtenAt + CLOCK_TOLERANCE_MS;
    if (known?.keys.equals(record.keys) && isOlder && offset !== record.sqnOffset) return offset;
    void this.offsets.remove(imsi);
    return record.sqnOffset;
  }
}
