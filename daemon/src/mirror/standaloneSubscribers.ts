import { createHmac, randomBytes } from "node:crypto";
import type { OpenFiveGsSubscriber } from "@wisptools/core";
import { openSubscriberKeys, sealSubscriberKeys } from "@wisptools/store/subscriberKeys";
import { initialOffsetFor, SqnExhausted } from "../hss/crypto/sqn.ts";
import type { MirrorInside } from "./openMirror.ts";
import { type EncodedSubscriber, sharedProfile } from "./subscriberRecord.ts";

/** The one tenant of stand-alone mode. */
export const STANDALONE = "standalone";

/** Makes the stand-alone tenant and, once for a data directory, the key that seals its subscribers' keys. */
export async function makeStandaloneTenant({ catalogue, keyring, now }: MirrorInside, realm: string): Promise<void> {
  if (!keyring.has(STANDALONE)) await keyring.put(STANDALONE, randomBytes(32));
  catalogue.remove("tenant", STANDALONE);
  catalogue.put("tenant", STANDALONE, now() * 1000, {
    id: STANDALONE,
    realm,
    plmns: [],
    active: true,
    roamingPartners: [],
    unknownEquipment: "white",
  });
}

/** Tells whether a document is the same as before without saying anything about the keys in it. */
export function markOf({ keyring }: MirrorInside, subscriber: OpenFiveGsSubscriber): string {
  const text = JSON.stringify({ ...subscriber, sqn: subscriber.sqn?.toString() });
  return createHmac("sha256", keyring.get(STANDALONE)).update(text).digest("hex").slice(0, 32);
}

/** Writes a subscriber of a file. A SEQ offset that was found by resynchronisation stays, as long as the keys do. */
export function putStandalone({ subscribers, keyring, now }: MirrorInside, subscriber: OpenFiveGsSubscriber): void {
  const { imsi, keys, profile } = subscriber;
  const known = subscribers.encoded(imsi);
  const kek = keyring.get(STANDALONE);
  const isSame = known !== undefined && hasKeys(known, kek, subscriber);
  const { msisdn = "", ...rest } = profile;
  const apns = rest.apns.map(({ staticAddress: _own, ...apn }) => apn);
  const addresses = rest.apns.flatMap(({ apn, staticAddress }) => (staticAddress ? [[apn, staticAddress]] : []));
  subscribers.put(imsi, {
    shared: sharedProfile(STANDALONE, { ...rest, apns }),
    algorithm: "milenage",
    amf: Number.parseInt(subscriber.amf, 16),
    sqnOffset: isSame ? known.sqnOffset : offsetOf(subscriber.sqn, now()),
    at: Math.max(now() * 1000, (known?.at ?? 0) + 1),
    msisdn,
    imei: "",
    addresses: addresses.length === 0 ? "" : JSON.stringify(Object.fromEntries(addresses)),
    keys: isSame ? known.keys : Buffer.from(sealSubscriberKeys(kek, STANDALONE, imsi, keys), "base64"),
  });
}

function hasKeys(known: EncodedSubscriber, kek: Buffer, { imsi, keys }: OpenFiveGsSubscriber): boolean {
  try {
    const { k, operator, kind } = openSubscriberKeys(kek, STANDALONE, imsi, known.keys);
    const same = k.toString("hex") === keys.k && operator.toString("hex") === keys[kind];
    k.fill(0);
    operator.fill(0);
    return same;
  } catch {
    // Sealed under a key that is gone: the file's keys take their place.
    return false;
  }
}

function offsetOf(sqn: bigint | undefined, now: number): number {
  if (sqn === undefined) return 0;
  try {
    return initialOffsetFor(Buffer.from(sqn.toString(16).padStart(12, "0"), "hex"), now);
  } catch (error) {
    // Nothing serves that card any more; its resynchronisation will tell the operator.
    if (error instanceof SqnExhausted) return 0;
    throw error;
  }
}
