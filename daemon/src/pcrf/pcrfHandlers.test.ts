import { expect, test } from "vitest";
import { avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { encodeMessage, Message } from "../diameter/codec/message.ts";
import * as base from "../diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../diameter/dictionary/commands.ts";
import { FakeClock } from "../diameter/peer/fakeClock.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import { pcrfHandlers } from "./pcrfHandlers.ts";
import { PcrfPushes } from "./pcrfPushes.ts";
import { LabRecords, SMF_A, who } from "./testing/pcrfLab.ts";
import { usageAvps } from "./testing/usageAvps.ts";

const OUTCOMES = new Set([2001, 5002, 5003, 5004, 5005, 5014, 5030]);

/** Numbers that look random and are the same each time (Numerical Recipes' generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

function ccr(type: number, number: number): Buffer {
  const header = { commandCode: COMMAND.CREDIT_CONTROL, applicationId: APPLICATION.GX, hopByHop: 1, endToEnd: 1 };
  return encodeMessage({ ...header, flags: { request: true } }, [
    avp(base.SessionId, `${SMF_A};1;1`),
    avp(base.CcRequestType, type),
    avp(base.CcRequestNumber, number),
    ...who(),
    avp(base.FramedIpv6Prefix, Buffer.from("004020010db800450000", "hex")),
    ...usageAvps({ uplink: 1, downlink: 2 }),
  ]);
}

test("altered requests of all types are answered, or refused as the protocol says", async () => {
  const records = new LabRecords();
  const { directory, sessions, usage, reporter } = records;
  const shared = { directory, sessions, usage, reporter, clock: new FakeClock() };
  const failures: unknown[] = [];
  const failed = (error: unknown): void => {
    failures.push(error);
  };
  const pushes = new PcrfPushes({ ...shared, peer: () => undefined, failed });
  const handler = pcrfHandlers<PeerContext>({ ...shared, pushes })[0]?.handler;
  const context: PeerContext = { tenantId: "a", role: "smf", trusted: false };
  const peer = { originHost: SMF_A, originRealm: "a.example", context } as Peer<PeerContext>;
  const seen = new Set<number>();
  const random = numbers(29_212);
  for (let n = 0; n < 3_000; n++) {
    const bytes = ccr(1 + (n % 4), n);
    for (let change = random(4); change > 0; change--) bytes[20 + random(bytes.length - 20)] = random(256);
    const length = random(5) === 0 ? 20 + 4 * random((bytes.length - 20) / 4) : bytes.length;
    try {
      const answer = await handler?.(new Message(bytes.subarray(0, length), 0, length), peer);
      seen.add(answer?.resultCode ?? answer?.experimentalResult?.code ?? 2001);
    } catch (error) {
      expect(error).toBeInstanceOf(DiameterError);
      seen.add((error as DiameterError).resultCode);
    }
  }
  expect([...seen].filter((code) => !OUTCOMES.has(code) && code !== 5140)).toEqual([]);
  expect(seen).toContain(2001);
  expect(seen).toContain(5014);
  expect(failures).toEqual([]);
  expect(pushes.ledger.turns.busy).toBe(0);
});
