import type { ServedSubscriber } from "../records.ts";
import type { AkaAlgorithm } from "./crypto/akaAlgorithm.ts";
import { algorithmOf, type SubscriberKeys, wipe } from "./crypto/keys.ts";

/** The keys of a subscriber can't be used: altered, sealed with a key that is not there, or not of its algorithm. */
export class KeysUnusable extends Error {
  override readonly name = "KeysUnusable";
}

/**
 * Opens a subscriber's keys for `work` and wipes them after it, whatever happens.
 * @throws KeysUnusable, and what `work` throws.
 */
export function withKeys<Result>(subscriber: ServedSubscriber, work: (algorithm: AkaAlgorithm) => Result): Result {
  let keys: SubscriberKeys | undefined;
  try {
    let algorithm: AkaAlgorithm;
    try {
      const { k, operator, kind } = subscriber.openKeys();
      keys = { algorithm: subscriber.algorithm, amf: subscriber.amf, k, [kind]: operator };
      algorithm = algorithmOf(keys);
    } catch (cause) {
      throw new KeysUnusable("the keys cannot be used", { cause });
    }
    return work(algorithm);
  } finally {
    if (keys) wipe(keys);
  }
}
