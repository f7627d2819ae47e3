import { describe, expect, it } from "vitest";
import type { AnyDefinition } from "../codec/avpDefinition.ts";
import * as base from "./base.ts";
import { APPLICATIONS, COMMANDS, commandKey, commandOf } from "./commands.ts";
import { ALL_DEFINITIONS, definitionOf } from "./dictionary.ts";
import * as gx from "./gx.ts";
import { EXPERIMENTAL, isExperimental, isProtocolError, RESULT } from "./results.ts";
import * as s6a from "./s6a.ts";

describe("the dictionary", () => {
  it("has each code of a vendor once, and finds it", () => {
    for (const each of ALL_DEFINITIONS) expect(definitionOf(each.code, each.vendorId), each.name).toBe(each);
    expect(definitionOf(1, 999)).toBeUndefined();
    expect(definitionOf(0xffffffff, 10415)).toBeUndefined();
  });

  it("cites a clause in each row", () => {
    for (const { name, clause } of ALL_DEFINITIONS)
      expect(clause, name).toMatch(/^(RFC \d+|TS \d\d\.\d{3}) [\dabAB.]+$/);
  });

  it("names its exports as the standards name the AVPs", () => {
    for (const [exported, { name }] of Object.entries<AnyDefinition>({ ...base, ...s6a, ...gx })) {
      const words = name.replace(/^3GPP2?/, (prefix) => prefix.replace("3GPP", "Tgpp")).replaceAll(/[^A-Za-z0-9]/g, "");
      const renamed: Record<string, string> = {
        ServiceTypeGroup: "servicetype",
        InterworkingFiveGsIndicator: "interworking5gsindicator",
      };
      expect(renamed[exported] ?? exported.toLowerCase(), name).toBe(words.toLowerCase());
    }
  });

  // TS 29.272 table 7.3.1/1, TS 29.212 table 5.3.0.1, TS 29.214 table 5.3.0.1.
  it.each<[AnyDefinition, number, string]>([
    [s6a.AuthenticationInfo, 1413, "grouped"],
    [s6a.EUtranVector, 1414, "grouped"],
    [s6a.Rand, 1447, "octets"],
    [s6a.Xres, 1448, "octets"],
    [s6a.Autn, 1449, "octets"],
    [s6a.Kasme, 1450, "octets"],
    [s6a.TerminalInformation, 1401, "grouped"],
    [s6a.Imei, 1402, "utf8"],
    [s6a.SoftwareVersion, 1403, "utf8"],
    [s6a.EquipmentStatus, 1445, "enumerated"],
    [s6a.ServedPartyIpAddress, 848, "address"],
    [gx.ChargingRuleInstall, 1001, "grouped"],
    [gx.QosClassIdentifier, 1028, "enumerated"],
    [gx.AllocationRetentionPriority, 1034, "grouped"],
    [gx.FlowDescription, 507, "utf8"],
  ])("%o", (definition, code, type) => {
    expect(definition).toMatchObject({ vendorId: 10415, code, type, mandatory: true });
  });
});

describe("commands", () => {
  it("are each known once, by application and code", () => {
    for (const each of COMMANDS) expect(commandOf(each.applicationId, each.commandCode)).toBe(each);
    expect(new Set(COMMANDS.map((each) => commandKey(each.applicationId, each.commandCode))).size).toBe(
      COMMANDS.length,
    );
    expect(commandOf(16777251, 999)).toBeUndefined();
  });

  it("belong to applications we know, and name their requests and answers", () => {
    const applications = [0, ...APPLICATIONS.map(({ id }) => id)];
    for (const each of COMMANDS) expect(applications).toContain(each.applicationId);
    const names = COMMANDS.map(({ request, answer }) => `${request}/${answer}`);
    expect(names).toEqual(expect.arrayContaining(["AIR/AIA", "ULR/ULA", "ECR/ECA", "CCR/CCA", "RAR/RAA", "CLR/CLA"]));
  });
});

describe("result codes", () => {
  it.each([
    [10415, EXPERIMENTAL.USER_UNKNOWN, true],
    [10415, EXPERIMENTAL.ROAMING_NOT_ALLOWED, true],
    [10415, EXPERIMENTAL.UNKNOWN_EPS_SUBSCRIPTION, true],
    [10415, RESULT.UNABLE_TO_COMPLY, false],
    [10415, RESULT.SUCCESS, false],
    [10415, RESULT.TOO_BUSY, false],
    [0, EXPERIMENTAL.USER_UNKNOWN, false],
    [999, 5012, true],
  ])("vendor %i, code %i: experimental is %s", (vendorId, code, expected) => {
    expect(isExperimental(vendorId, code)).toBe(expected);
  });

  it("has the E-bit for protocol errors alone", () => {
    expect([2001, 3001, 3999, 4001, 5012].map(isProtocolError)).toEqual([false, true, true, false, false]);
  });
});
