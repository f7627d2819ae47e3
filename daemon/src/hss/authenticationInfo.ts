// What an AIR asks for and what an AIA gives: Authentication-Info (TS 29.272 7.3.17).
import { type Avp, type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { RESULT } from "../diameter/dictionary/results.ts";
import {
  AuthenticationInfo,
  Autn,
  ConfidentialityKey,
  EUtranVector,
  IntegrityKey,
  ItemNumber,
  Kasme,
  NumberOfRequestedVectors,
  Rand,
  RequestedEutranAuthenticationInfo,
  RequestedUtranGeranAuthenticationInfo,
  ReSynchronizationInfo,
  UtranVector,
  Xres,
} from "../diameter/dictionary/s6a.ts";
import type { AkaAlgorithm } from "./crypto/akaAlgorithm.ts";
import { AUTS_LENGTH } from "./crypto/auts.ts";
import { epsVector, SEPARATION_BIT } from "./crypto/epsVector.ts";
import { nextRand } from "./randPool.ts";

/** More are not given, however many are asked for. */
const MAX_VECTORS = 32;
const RAND_LENGTH = 16;

export interface WantedVectors {
  /** 0 to 32. */
  readonly eutran: number;
  readonly utran: number;
  /** RAND and AUTS, 30 octets. */
  readonly resync: Buffer | undefined;
}

/** @throws DiameterError 5005 or 5004 with the AVP at fault. */
export function wantedVectors(request: AvpReader): WantedVectors {
  const eutran = request.get(RequestedEutranAuthenticationInfo);
  const utran = request.get(RequestedUtranGeranAuthenticationInfo);
  if (eutran === undefined && utran === undefined) {
    const failed = avp(RequestedEutranAuthenticationInfo, []);
    throw new DiameterError(RESULT.MISSING_AVP, "no authentication information is requested", failed);
  }
  return {
    eutran: eutran === undefined ? 0 : countIn(eutran),
    utran: utran === undefined ? 0 : countIn(utran),
    resync: resyncIn(eutran) ?? resyncIn(utran),
  };
}

/** TS 29.272 7.3.14. A group that asks for none is taken to ask for one: without, it would have no purpose. */
function countIn(requested: AvpReader): number {
  return Math.min(Math.max(requested.get(NumberOfRequestedVectors) ?? 1, 1), MAX_VECTORS);
}

function resyncIn(requested: AvpReader | undefined): Buffer | undefined {
  const info = requested?.get(ReSynchronizationInfo);
  if (info === undefined || info.length === RAND_LENGTH + AUTS_LENGTH) return info;
  const failed = avp(ReSynchronizationInfo, Buffer.from(info));
  throw new DiameterError(RESULT.INVALID_AVP_VALUE, "Re-Synchronization-Info is not RAND and AUTS", failed);
}

export interface VectorSource {
  readonly algorithm: AkaAlgorithm;
  readonly amf: number;
  readonly visitedPlmn: Uint8Array;
  /** A SQN that was never given before, 6 octets. */
  readonly nextSqn: () => Buffer;
}

/** Authentication-Info with new vectors. */
export function authenticationInfo({ eutran, utran }: WantedVectors, source: VectorSource): Avp {
  const vectors: Avp[] = [];
  for (let n = 0; n < eutran; n++) vectors.push(eutranVector(source, eutran > 1 ? n + 1 : undefined));
  for (let n = 0; n < utran; n++) vectors.push(utranVector(source, utran > 1 ? n + 1 : undefined));
  return avp(AuthenticationInfo, vectors);
}

/** TS 29.272 7.3.18. Item-Number orders several (7.3.23). */
function eutranVector({ algorithm, amf, visitedPlmn, nextSqn }: VectorSource, item: number | undefined): Avp {
  const vector = epsVector(algorithm, nextRand(), nextSqn(), amf, visitedPlmn);
  const avps = [
    avp(Rand, vector.rand as Buffer),
    avp(Xres, vector.xres),
    avp(Autn, vector.autn),
    avp(Kasme, vector.kasme),
  ];
  return avp(EUtranVector, item === undefined ? avps : [avp(ItemNumber, item), ...avps]);
}

/** TS 29.272 7.3.19. For UTRAN the separation bit must be 0 (TS 33.401 6.1.2). */
function utranVector({ algorithm, amf, nextSqn }: VectorSource, item: number | undefined): Avp {
  const rand = nextRand();
  const sqn = nextSqn();
  const sent = amf & ~SEPARATION_BIT;
  const { macA, res, ck, ik, ak } = algorithm.vector(rand, sqn, sent);
  const autn = Buffer.allocUnsafe(16);
  for (let i = 0; i < 6; i++) autn[i] = (sqn[i] as number) ^ (ak[i] as number);
  autn.writeUInt16BE(sent, 6);
  autn.set(macA, 8);
  const avps = [avp(Rand, rand), avp(Xres, res), avp(Autn, autn), avp(ConfidentialityKey, ck), avp(IntegrityKey, ik)];
  return avp(UtranVector, item === undefined ? avps : [avp(ItemNumber, item), ...avps]);
}
