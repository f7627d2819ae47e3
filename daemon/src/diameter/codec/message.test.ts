import { describe, expect, it } from "vitest";
import {
  AuthSessionState,
  CcTotalOctets,
  DisconnectCause,
  EventTimestamp,
  ExperimentalResult,
  ExperimentalResultCode,
  Exponent,
  HostIpAddress,
  OriginHost,
  OriginRealm,
  OriginStateId,
  ProductName,
  ResultCode,
  SessionId,
  UserName,
  ValueDigits,
  VendorId,
} from "../dictionary/base.ts";
import { APPLICATION, COMMAND } from "../dictionary/commands.ts";
import {
  ImmediateResponsePreferred,
  NumberOfRequestedVectors,
  RequestedEutranAuthenticationInfo,
  VisitedPlmnId,
} from "../dictionary/s6a.ts";
import { type AnyDefinition, type Avp, avp, encodedAvp, type GroupedDefinition } from "./avpDefinition.ts";
import { encodeAvps } from "./avpWriter.ts";
import { DiameterError, FramingError } from "./diameterError.ts";
import { decodeMessage, encodeMessage, type MessageHeader } from "./message.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/[^0-9a-f]/g, ""), "hex");

interface Fixture {
  readonly name: string;
  readonly header: MessageHeader;
  readonly avps: readonly Avp[];
  readonly bytes: string;
}

// Written out by hand from RFC 6733 3 and 4.1 and TS 29.272 7.2.5.
const FIXTURES: readonly Fixture[] = [
  {
    name: "DWR",
    header: {
      commandCode: 280,
      applicationId: 0,
      flags: { request: true },
      hopByHop: 0x01020304,
      endToEnd: 0xfffefdfc,
    },
    avps: [avp(OriginHost, "mme.x"), avp(OriginRealm, "x"), avp(OriginStateId, 0x80000001)],
    bytes: `01 00003c 80 000118 00000000 01020304 fffefdfc
      00000108 40 00000d 6d6d652e78 000000
      00000128 40 000009 78 000000
      00000116 40 00000c 80000001`,
  },
  {
    name: "DPA",
    header: { commandCode: 282, applicationId: 0, flags: {}, hopByHop: 1, endToEnd: 2 },
    avps: [avp(ResultCode, 2001), avp(OriginHost, "hss"), avp(OriginRealm, "realm"), avp(DisconnectCause, 2)],
    bytes: `01 000048 00 00011a 00000000 00000001 00000002
      0000010c 40 00000c 000007d1
      00000108 40 00000b 687373 00
      00000128 40 00000d 7265616c6d 000000
      00000111 40 00000c 00000002`,
  },
  {
    name: "AIR",
    header: {
      commandCode: COMMAND.AUTHENTICATION_INFORMATION,
      applicationId: APPLICATION.S6A,
      flags: { request: true, proxiable: true },
      hopByHop: 0x11111111,
      endToEnd: 0x22222222,
    },
    avps: [
      avp(SessionId, "a;1;2"),
      avp(AuthSessionState, 1),
      avp(UserName, "001010000000001"),
      avp(VisitedPlmnId, hex("00f110")),
      avp(RequestedEutranAuthenticationInfo, [avp(NumberOfRequestedVectors, 2), avp(ImmediateResponsePreferred, 0)]),
    ],
    bytes: `01 000084 c0 00013e 01000023 11111111 22222222
      00000107 40 00000d 613b313b32 000000
      00000115 40 00000c 00000001
      00000001 40 000017 303031303130303030303030303031 00
      0000057f c0 00000f 000028af 00f110 00
      00000580 c0 00002c 000028af
        00000582 c0 000010 000028af 00000002
        00000584 c0 000010 000028af 00000000`,
  },
  {
    name: "an answer with an Experimental-Result and an AVP without the M-bit",
    header: {
      commandCode: 318,
      applicationId: 0x01000023,
      flags: { proxiable: true, error: true },
      hopByHop: 3,
      endToEnd: 4,
    },
    avps: [avp(ExperimentalResult, [avp(VendorId, 10415), avp(ExperimentalResultCode, 5001)]), avp(ProductName, "é")],
    bytes: `01 000040 60 00013e 01000023 00000003 00000004
      00000129 40 000020 0000010a 40 00000c 000028af 0000012a 40 00000c 00001389
      0000010d 00 00000a c3a9 0000`,
  },
];

describe.each(FIXTURES)("$name", ({ header, avps, bytes }) => {
  it("is encoded octet by octet", () => {
    expect(encodeMessage(header, avps).toString("hex")).toBe(hex(bytes).toString("hex"));
  });

  it("is decoded to the same", () => {
    const message = decodeMessage(hex(bytes));
    expect(message).toMatchObject({ commandCode: header.commandCode, applicationId: header.applicationId });
    expect(message).toMatchObject({ hopByHop: header.hopByHop, endToEnd: header.endToEnd });
    expect(message.flags).toEqual({
      request: false,
      proxiable: false,
      error: false,
      retransmitted: false,
      ...header.flags,
    });
    for (const { definition, value } of avps) {
      if ((definition as AnyDefinition).type === "grouped") continue;
      expect(message.get(definition as AnyDefinition)).toEqual(value);
    }
  });

  it("is refused at each truncation, and at each octet too many", () => {
    const whole = hex(bytes);
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeMessage(whole.subarray(0, length))).toThrow(FramingError);
      const lie = Buffer.from(whole.subarray(0, length));
      if (length < 20) continue;
      lie.writeUIntBE(length, 1, 3);
      // A message may end between two AVPs; nowhere else.
      const cut = cutPoints(whole).includes(length);
      if (cut) expect(decodeMessage(lie).commandCode).toBe(header.commandCode);
      else expect(() => decodeMessage(lie)).toThrow(DiameterError);
    }
    expect(() => decodeMessage(Buffer.concat([whole, Buffer.alloc(1)]))).toThrow(FramingError);
  });
});

function cutPoints(bytes: Buffer): number[] {
  return [20, ...[...decodeMessage(bytes).places()].map(({ end }) => (end + 3) & ~3)];
}

it("reads groups within groups", () => {
  const message = decodeMessage(hex(FIXTURES[2]?.bytes ?? ""));
  const requested = message.get(RequestedEutranAuthenticationInfo);
  expect(requested?.get(NumberOfRequestedVectors)).toBe(2);
  expect(requested?.get(UserName)).toBeUndefined();
  expect(message.get(NumberOfRequestedVectors)).toBeUndefined();
  expect(message.has(VisitedPlmnId)).toBe(true);
});

it("tells an AVP from one with the same code of another vendor", () => {
  const header = { commandCode: 1, applicationId: 0, flags: {}, hopByHop: 0, endToEnd: 0 };
  const imsi = { ...UserName, vendorId: 10415 };
  const message = decodeMessage(
    encodeMessage(header, [avp(imsi, "vendor"), avp(UserName, "base"), avp(UserName, "two")]),
  );
  expect(message.get(UserName)).toBe("base");
  expect(message.all(UserName)).toEqual(["base", "two"]);
  expect(message.all(imsi)).toEqual(["vendor"]);
});

const HEADER: MessageHeader = { commandCode: 1, applicationId: 0, flags: {}, hopByHop: 0, endToEnd: 0 };

describe("values", () => {
  it.each<[AnyDefinition, unknown, string]>([
    [OriginStateId as AnyDefinition, 0xffffffff, "ffffffff"],
    [Exponent as AnyDefinition, -2, "fffffffe"],
    [CcTotalOctets as AnyDefinition, 0xffff_ffff_ffff_ffffn, "ffffffffffffffff"],
    [ValueDigits as AnyDefinition, -1n, "ffffffffffffffff"],
    [HostIpAddress as AnyDefinition, "192.0.2.1", "0001c0000201"],
    [HostIpAddress as AnyDefinition, "2001:db8::1:0:0:1", "000220010db8000000000001000000000001"],
    [HostIpAddress as AnyDefinition, "::", `0002${"00".repeat(16)}`],
    [EventTimestamp as AnyDefinition, new Date("1970-01-01T00:00:00Z"), "83aa7e80"],
    [EventTimestamp as AnyDefinition, new Date("2036-02-07T06:28:16Z"), "00000000"],
    [EventTimestamp as AnyDefinition, new Date("2036-02-07T06:28:15Z"), "ffffffff"],
    [UserName as AnyDefinition, "", ""],
    [UserName as AnyDefinition, "Ω\ufffd", "cea9efbfbd"],
    [{ ...OriginStateId, type: "f32" } as AnyDefinition, 1.5, "3fc00000"],
  ])("%o: %s is %s", (definition, value, data) => {
    const encoded = encodeAvps([avp(definition as never, value as never)]);
    expect(encoded.subarray(8, 8 + data.length / 2).toString("hex")).toBe(data);
    expect(decodeMessage(encodeMessage(HEADER, [encodedAvp(encoded)])).get(definition)).toEqual(value);
  });

  it.each<[string, AnyDefinition, unknown]>([
    ["a u32 below", OriginStateId as AnyDefinition, -1],
    ["a u32 above", OriginStateId as AnyDefinition, 0x1_0000_0000],
    ["a u32 between", OriginStateId as AnyDefinition, 1.5],
    ["an i32 above", Exponent as AnyDefinition, 0x8000_0000],
    ["a number for text", UserName as AnyDefinition, 5],
    ["a number for 64 bits", CcTotalOctets as AnyDefinition, 5],
    ["a negative u64", CcTotalOctets as AnyDefinition, -5n],
    ["text for octets", VisitedPlmnId as AnyDefinition, "00f110"],
    ["no address", HostIpAddress as AnyDefinition, "192.0.2"],
  ])("refuses to write %s, and names the AVP", (_name, definition, value) => {
    expect(() => encodeAvps([avp(definition as never, value as never)])).toThrow(`AVP ${definition.name}: `);
    const group = avp(ExperimentalResult as GroupedDefinition, [avp(definition as never, value as never)]);
    expect(() => encodeAvps([group])).toThrow(`AVP ${definition.name}: `);
  });

  it.each<[string, AnyDefinition, string, number]>([
    ["a u32 of 3 octets", OriginStateId as AnyDefinition, "000116 40 00000b 010203 00", 5014],
    ["a u32 of 8 octets", OriginStateId as AnyDefinition, "000116 40 000010 0102030405060708", 5014],
    ["an address of no family", HostIpAddress as AnyDefinition, "000101 40 00000e 0003c0000201 0000", 5004],
    ["an address cut off", HostIpAddress as AnyDefinition, "000101 40 00000c 0001c000", 5004],
    ["broken UTF-8", UserName as AnyDefinition, "000001 40 00000a c328 0000", 5004],
    ["a value that an Enumerated cannot have", AuthSessionState as AnyDefinition, "000115 40 00000c 00000007", 5004],
  ])("refuses to read %s, and shows it", (_name, definition, text, resultCode) => {
    const bytes = hex(text.padStart(0));
    const whole = bytes.length % 4 === 0 ? bytes : Buffer.concat([Buffer.alloc(4 - (bytes.length % 4)), bytes]);
    const message = decodeMessage(encodeMessage(HEADER, [encodedAvp(whole)]));
    const read = (): unknown => message.get(definition);
    expect(read).toThrow(expect.objectContaining({ resultCode, failedAvp: encodedAvp(whole) }));
  });
});

it("writes messages longer than a chunk", () => {
  const long = Buffer.alloc(100_000, 7);
  const message = decodeMessage(encodeMessage(HEADER, [avp(VisitedPlmnId, long), avp(UserName, "behind")]));
  expect(message.get(VisitedPlmnId)).toEqual(long);
  expect(message.get(UserName)).toBe("behind");
});

it("never does worse than an error, whatever the octets", () => {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed / 0x1_0000_0000;
  };
  const known = [UserName, OriginStateId, HostIpAddress, ExperimentalResult, RequestedEutranAuthenticationInfo];
  let refused = 0;
  for (let n = 0; n < 20_000; n++) {
    const bytes = Buffer.from(hex(FIXTURES[n % FIXTURES.length]?.bytes ?? ""));
    for (let change = 0; change < 3; change++) bytes[4 + Math.floor(random() * (bytes.length - 4))] = random() * 256;
    try {
      const message = decodeMessage(bytes);
      for (const definition of known) message.all(definition as AnyDefinition);
    } catch (error) {
      expect(error).toBeInstanceOf(DiameterError);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(1000);
});
