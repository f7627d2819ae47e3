import { hash } from "node:crypto";
import { requireLength } from "./akaAlgorithm.ts";

// TS 33.401 A.2: FC, then each parameter followed by its length.
const FC = 0x10;
const BLOCK = 64;
const DIGEST = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * KASME (TS 33.401 A.2), 32 bytes.
 * @param ck CK, 16 bytes
 * @param ik IK, 16 bytes
 * @param servingNetwork the PLMN as on the air, 3 bytes (TS 24.301 9.9.3.32)
 * @param sqnXorAk the first 6 bytes of AUTN
 * @throws RangeError naming the field of a wrong length.
 */
export function kasme(ck: Uint8Array, ik: Uint8Array, servingNetwork: Uint8Array, sqnXorAk: Uint8Array): Buffer {
  requireLength("CK", ck, 16);
  requireLength("IK", ik, 16);
  requireLength("PLMN", servingNetwork, 3);
  requireLength("SQN xor AK", sqnXorAk, 6);
  const s = Buffer.allocUnsafe(14);
  s[0] = FC;
  s.set(servingNetwork, 1);
  s.writeUInt16BE(3, 4);
  s.set(sqnXorAk, 6);
  s.writeUInt16BE(6, 12);
  return hmac(ck, ik, s);
}

/**
 * HMAC-SHA-256 (RFC 2104) under the key CK || IK. By one-shot hashes: an Hmac object takes twice as long, and leaves two
 * native objects per key to the collector, whose pauses are then what the slowest answers wait for.
 */
function hmac(ck: Uint8Array, ik: Uint8Array, text: Uint8Array): Buffer {
  const inner = Buffer.allocUnsafe(BLOCK + text.length).fill(INNER_PAD, 0, BLOCK);
  const outer = Buffer.allocUnsafe(BLOCK + DIGEST).fill(OUTER_PAD, 0, BLOCK);
  for (let i = 0; i < 16; i++) {
    inner[i] = (ck[i] as number) ^ INNER_PAD;
    inner[16 + i] = (ik[i] as number) ^ INNER_PAD;
    outer[i] = (ck[i] as number) ^ OUTER_PAD;
    outer[16 + i] = (ik[i] as number) ^ OUTER_PAD;
  }
  inner.set(text, BLOCK);
  outer.set(hash("sha256", inner, "buffer"), BLOCK);
  const mac = hash("sha256", outer, "buffer");
  inner.fill(0);
  outer.fill(0);
  return mac;
}
