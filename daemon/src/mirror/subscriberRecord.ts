// The bytes of a subscriber in LMDB. What many subscribers share is one text, which is also the key of the profile cache:
// reading a subscriber decodes a few numbers and looks its text up.
import type { SubscriberSettings, SubscriptionProfile } from "@wisptools/core";

const FORMAT = 1;
const HEADER = 36;

/** `{tenant}\n` and the JSON of SharedSettings, or of a profile given whole. */
export type SharedText = string;

export interface SubscriberRecord {
  shared: SharedText;
  algorithm: "milenage" | "tuak";
  /** 16 bits. */
  amf: number;
  /** Of SEQ, seconds. */
  sqnOffset: number;
  /** Server time of the change that this is, µs since 1970. */
  at: number;
  msisdn: string;
  imei: string;
  /** JSON of addresses by APN profile, or by APN where the profile is given whole; empty: none. */
  addresses: string;
  /** As sealSubscriberKeys made them. */
  keys: Buffer;
}

type Shared = Pick<SubscriberSettings, "status" | "planId" | "groupId" | "apnIds" | "roaming" | "deniedRats">;

export function sharedSettings(tenantId: string, settings: SubscriberSettings): SharedText {
  const { status, planId, groupId, apnIds, roaming, deniedRats } = settings;
  return `${tenantId}\n${JSON.stringify({ status, planId, groupId, apnIds, roaming, deniedRats })}`;
}

/** For a profile without what is the subscriber's own: MSISDN, IMEI and addresses. */
export function sharedProfile(tenantId: string, profile: SubscriptionProfile): SharedText {
  return `${tenantId}\n${JSON.stringify({ profile })}`;
}

export function readShared(text: SharedText): {
  tenantId: string;
  settings: Shared | { profile: SubscriptionProfile };
} {
  const end = text.indexOf("\n");
  return { tenantId: text.slice(0, end), settings: JSON.parse(text.slice(end + 1)) };
}

export function encodeSubscriber(record: SubscriberRecord): Buffer {
  const texts = [record.shared, record.msisdn, record.imei, record.addresses].map((text) => Buffer.from(text));
  const bytes = Buffer.allocUnsafe(HEADER + texts.reduce((sum, text) => sum + text.length, 0) + record.keys.length);
  bytes.writeUInt8(FORMAT, 0);
  bytes.writeUInt8(record.algorithm === "tuak" ? 1 : 0, 1);
  bytes.writeUInt16BE(record.amf, 2);
  bytes.writeDoubleBE(record.sqnOffset, 4);
  bytes.writeDoubleBE(record.at, 12);
  texts.forEach((text, i) => {
    bytes.writeUInt32BE(text.length, 20 + 4 * i);
  });
  let at = HEADER;
  for (const part of [...texts, record.keys]) at += part.copy(bytes, at);
  return bytes;
}

/** Fields of an encoded subscriber, read where they lie. `bytes` must not change while it is used. */
export class EncodedSubscriber {
  readonly bytes: Buffer;
  private readonly sharedEnd: number;

  constructor(bytes: Buffer) {
    if (bytes.length < HEADER || bytes[0] !== FORMAT) throw new Error("a subscriber of an unknown format");
    this.bytes = bytes;
    this.sharedEnd = HEADER + bytes.readUInt32BE(20);
  }

  get shared(): SharedText {
    return this.bytes.toString("utf8", HEADER, this.sharedEnd);
  }

  get algorithm(): SubscriberRecord["algorithm"] {
    return this.bytes[1] === 1 ? "tuak" : "milenage";
  }

  get amf(): number {
    return this.bytes.readUInt16BE(2);
  }

  get sqnOffset(): number {
    return this.bytes.readDoubleBE(4);
  }

  get at(): number {
    return this.bytes.readDoubleBE(12);
  }

  /** Whether it has anything of its own in its profile. */
  get isPlain(): boolean {
    return this.ownEnd === this.sharedEnd;
  }

  get own(): Pick<SubscriberRecord, "msisdn" | "imei" | "addresses"> {
    const msisdn = this.sharedEnd + this.bytes.readUInt32BE(24);
    const imei = msisdn + this.bytes.readUInt32BE(28);
    return {
      msisdn: this.bytes.toString("utf8", this.sharedEnd, msisdn),
      imei: this.bytes.toString("utf8", msisdn, imei),
      addresses: this.bytes.toString("utf8", imei, this.ownEnd),
    };
  }

  get keys(): Buffer {
    return this.bytes.subarray(this.ownEnd);
  }

  /** A copy with another offset. */
  withOffset(offset: number): Buffer {
    const copy = Buffer.from(this.bytes);
    copy.writeDoubleBE(offset, 4);
    return copy;
  }

  /** Whether the other amounts to the same, whenever it was written. */
  equals(other: EncodedSubscriber): boolean {
    return (
      this.bytes.subarray(0, 12).equals(other.bytes.subarray(0, 12)) &&
      this.bytes.subarray(20).equals(other.bytes.subarray(20))
    );
  }

  private get ownEnd(): number {
    return this.sharedEnd + this.bytes.readUInt32BE(24) + this.bytes.readUInt32BE(28) + this.bytes.readUInt32BE(32);
  }
}
