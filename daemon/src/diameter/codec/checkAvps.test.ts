import { describe, expect, it } from "vitest";
import { OriginStateId, ProxyInfo, ProxyState, SessionId, SubscriptionId, UserName } from "../dictionary/base.ts";
import { definitionOf } from "../dictionary/dictionary.ts";
import { SubscriptionData, VisitedPlmnId } from "../dictionary/s6a.ts";
import { type AnyDefinition, type Avp, avp, encodedAvp } from "./avpDefinition.ts";
import { AvpView } from "./avpView.ts";
import { encodeAvps } from "./avpWriter.ts";
import { checkAvps, checkRequired, exampleAvp, MAX_DEPTH } from "./checkAvps.ts";
import { DiameterError } from "./diameterError.ts";

const view = (bytes: Buffer): AvpView => new AvpView(bytes, 0, bytes.length);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

function nestedBytes(depth: number): Buffer {
  const bytes = Buffer.alloc(8 * depth);
  for (let n = 0; n < depth; n++) {
    bytes.writeUInt32BE(ProxyInfo.code, 8 * n);
    bytes.writeUInt32BE(0x40000000 + 8 * (depth - n), 8 * n + 4);
  }
  return bytes;
}

function faultOf(bytes: Buffer): { code: number; failed: string } | undefined {
  try {
    checkAvps(view(bytes), definitionOf);
    return undefined;
  } catch (error) {
    if (!(error instanceof DiameterError)) throw error;
    return { code: error.resultCode, failed: error.failedAvp ? encodeAvps([error.failedAvp]).toString("hex") : "" };
  }
}

describe("checkAvps", () => {
  it("takes what we write", () => {
    const bytes = encodeAvps([avp(SessionId, "a"), avp(SubscriptionData, [avp(VisitedPlmnId, hex("00f110"))])]);
    expect(faultOf(bytes)).toBeUndefined();
  });

  it.each([
    ["unknown with the M-bit", "00ffffff 40 00000c 01020304", 5001, "00ffffff 40 00000c 01020304"],
    [
      "of an unknown vendor with the M-bit",
      "00000001 c0 000010 00000001 01020304",
      5001,
      "00000001 c0 000010 00000001 01020304",
    ],
    [
      "with the V-bit and no vendor",
      "00000001 c0 00000f 00000000 616263 00",
      3009,
      "00000001 c0 00000f 00000000 616263 00",
    ],
    ["with a length below its header", "00000001 40 000007", 5014, "00000001 40 000008"],
    [
      "with the V-bit and a length below its header",
      "0000057f c0 00000b 000028af",
      5014,
      "0000057f c0 00000c 000028af",
    ],
    ["with a length beyond the message", "00000116 40 00000d 01020304", 5014, "00000116 40 00000c 00000000"],
    ["of a fixed size that is another", "00000116 40 000009 01 000000", 5014, "00000116 40 00000c 00000000"],
    ["cut off within its header", "00000116", 5014, ""],
    [
      "wrong within a group",
      "000001bb 40 000014 00ffffff 40 00000c 01020304",
      5001,
      "000001bb 40 000014 00ffffff 40 00000c 01020304",
    ],
    [
      "too long for its group",
      "000001bb 40 000010 00000001 40 000010 61626364 65666768",
      5014,
      "000001bb 40 000010 00000001 40 000008",
    ],
  ])("refuses an AVP %s, and shows it", (_name, text, code, failed) => {
    expect(faultOf(hex(text))).toEqual({ code, failed: failed.replaceAll(" ", "") });
  });

  it("ignores an unknown AVP without the M-bit", () => {
    expect(faultOf(hex("00ffffff 00 00000c 01020304"))).toBeUndefined();
    expect(faultOf(hex("00000001 80 000010 00000001 01020304"))).toBeUndefined();
  });

  it("refuses each lie about each length", () => {
    const bytes = encodeAvps([avp(UserName, "001010000000001"), avp(OriginStateId, 1)]);
    for (let length = 0; length < 64; length++) {
      const lie = Buffer.from(bytes);
      lie.writeUIntBE(length, 5, 3);
      // Only up to the next AVP, or up to the end, do the lengths still add up.
      const padded = (length + 3) & ~3;
      const addsUp = length <= bytes.length && (padded === 24 || padded === bytes.length);
      expect(faultOf(lie)?.code, `length ${length}`).toBe(addsUp ? undefined : 5014);
    }
  });

  it("takes groups down to the limit, and refuses one more", () => {
    const nested = (depth: number): Avp =>
      avp(ProxyInfo, depth === 1 ? [avp(ProxyState, hex("01"))] : [nested(depth - 1)]);
    expect(faultOf(encodeAvps([nested(MAX_DEPTH - 1)]))).toBeUndefined();
    expect(faultOf(encodeAvps([nested(MAX_DEPTH)]))).toMatchObject({ code: 5004 });
    expect(faultOf(nestedBytes(5000))).toMatchObject({ code: 5004 });
  });
});

describe("checkRequired", () => {
  const missing =
    (bytes: Buffer, ...required: AnyDefinition[]): (() => void) =>
    () =>
      checkRequired(view(bytes), required);

  it("shows an example of what is missing", () => {
    const bytes = encodeAvps([avp(UserName, "a")]);
    expect(missing(bytes, UserName)).not.toThrow();
    expect(missing(bytes, UserName, OriginStateId)).toThrow(
      expect.objectContaining({ resultCode: 5005, failedAvp: encodedAvp(hex("00000116 40 00000c 00000000")) }),
    );
    expect(encodeAvps([exampleAvp(VisitedPlmnId)]).toString("hex")).toBe("0000057fc000000c000028af");
    expect(encodeAvps([exampleAvp(SubscriptionId)]).toString("hex")).toBe("000001bb40000008");
  });

  it("shows the second of what may occur once", () => {
    const bytes = encodeAvps([avp(UserName, "a"), avp(UserName, "b")]);
    expect(missing(bytes, UserName)).toThrow(
      expect.objectContaining({ resultCode: 5009, failedAvp: encodedAvp(encodeAvps([avp(UserName, "b")])) }),
    );
  });
});
