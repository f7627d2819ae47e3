import { requireLength } from "./akaAlgorithm.ts";
import { hmacSha256 } from "./hmacSha256.ts";

// TS 33.401 A.2: FC, then each parameter followed by its length.
const FC = 0x10;
/** CK || IK, while it is used. */
const key = new Uint8Array(32);

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
  key.set(ck);
  key.set(ik, 16);
  const made = hmacSha256(key, s);
  key.fill(0);
  return made;
}
