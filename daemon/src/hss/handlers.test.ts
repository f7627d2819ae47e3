// Requests that are cut, mutated or random: each handler answers or throws a DiameterError, and nothing is kept of them.
import { beforeAll, expect, test } from "vitest";
import { type Avp, avp } from "../diameter/codec/avpDefinition.ts";
import { checkAvps } from "../diameter/codec/checkAvps.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { encodeMessage, Message } from "../diameter/codec/message.ts";
import { AuthSessionState, SessionId, UserName, VendorId } from "../diameter/dictionary/base.ts";
import { THREEGPP } from "../diameter/dictionary/define.ts";
import { definitionOf } from "../diameter/dictionary/dictionary.ts";
import { RatType } from "../diameter/dictionary/gx.ts";
import {
  FeatureList,
  FeatureListId,
  Imei,
  NumberOfRequestedVectors,
  RequestedEutranAuthenticationInfo,
  ReSynchronizationInfo,
  SoftwareVersion,
  SupportedFeatures,
  TerminalInformation,
  UlrFlags,
  VisitedPlmnId,
} from "../diameter/dictionary/s6a.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import { HssLab, IMEI, IMSI, MME_A, PLMN } from "../testing/hssLab.ts";
import { seededBytes } from "./crypto/seededBytes.fixture.ts";
import { type ApplicationHandler, hssHandlers } from "./handlers.ts";

const ROUNDS = 4_000;
const HEADER = 20;
const everything: Avp[] = [
  avp(SessionId, "fuzz;1;1"),
  avp(AuthSessionState, 1),
  avp(UserName, IMSI),
  avp(TerminalInformation, [avp(Imei, IMEI), avp(SoftwareVersion, "01")]),
  avp(RatType, 1004),
  avp(UlrFlags, 0x22),
  avp(VisitedPlmnId, PLMN),
  avp(RequestedEutranAuthenticationInfo, [
    avp(NumberOfRequestedVectors, 2),
    avp(ReSynchronizationInfo, Buffer.alloc(30)),
  ]),
  avp(SupportedFeatures, [avp(VendorId, THREEGPP), avp(FeatureListId, 1), avp(FeatureList, 1)]),
];

let lab: HssLab;
let handlers: ApplicationHandler[];
const peer = {
  originHost: MME_A,
  originRealm: "a.example",
  context: { tenantId: "a", epcId: "epc_1", role: "mme", trusted: false },
} as Peer<PeerContext>;

beforeAll(() => {
  lab = new HssLab();
  handlers = hssHandlers(lab.deps);
});

/** Resolves to what is wrong, if anything is. */
async function faultOf({ handler }: ApplicationHandler, bytes: Buffer): Promise<unknown> {
  const message = new Message(bytes, 0, bytes.length);
  try {
    checkAvps(message, definitionOf);
    await handler(message, peer);
  } catch (error) {
    if (!(error instanceof DiameterError)) return error;
  }
  return undefined;
}

function requestTo({ applicationId, commandCode }: ApplicationHandler): Buffer {
  const flags = { request: true, proxiable: true };
  return encodeMessage({ commandCode, applicationId, flags, hopByHop: 1, endToEnd: 1 }, everything);
}

test.each(["mutated", "cut"] as const)("%s requests", async (how) => {
  const random = seededBytes(how.length);
  const faults: unknown[] = [];
  for (const each of handlers) {
    const request = requestTo(each);
    for (let n = 0; n < ROUNDS / handlers.length; n++) {
      const bytes = Buffer.from(
        how === "cut" ? request.subarray(0, HEADER + ((4 * n) % (request.length - HEADER))) : request,
      );
      for (let changes = random(1)[0] as number; how === "mutated" && changes > 200; changes -= 10) {
        const at = HEADER + (random(2).readUInt16BE() % (bytes.length - HEADER));
        bytes[at] = random(1)[0] as number;
      }
      if (how === "mutated") {
        const at = HEADER + (random(2).readUInt16BE() % (bytes.length - HEADER));
        bytes[at] = (bytes[at] as number) ^ (1 << (n % 8));
      }
      const fault = await faultOf(each, bytes);
      if (fault !== undefined) faults.push(fault);
    }
  }
  expect(faults).toEqual([]);
  // Whatever was registered is of the one subscriber this peer may ask for.
  for (const imsi of lab.registrations.records.keys()) expect(imsi).toBe(IMSI);
});
