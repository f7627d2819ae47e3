import type { BankSlot, SlotMap } from "@wisptools/core";
import type { Stored } from "@wisptools/store";
import { describe, expect, it } from "vitest";
import type { BankRecord } from "../desired.ts";
import { mapDocument, SERVER, slotOf } from "../testing/remsimWorld.ts";
import { BankReports } from "./bankReports.ts";
import { MapReports } from "./mapReports.ts";
import type { ServerSight } from "./remsimRest.ts";

const TENANT = "tenant_reports";
const version = { toMillis: () => 1 } as Stored<unknown>["version"];
const START = Date.parse("2026-11-01T00:00:00Z");

describe("MapReports", () => {
  const sight = (bank: string | undefined, state: "NEW" | "ACTIVE" = "ACTIVE", isThere = true): ServerSight => ({
    maps: bank === undefined ? [] : [{ bank: slotOf(bank), client: slotOf("1:1"), state }],
    clients: new Set(isThere ? ["1-1"] : []),
    banks: new Set([1]),
  });
  const told = (bank: BankSlot | null, state: "ABSENT" | "ACTIVE", clientConnected: boolean) => ({
    actual: { state, bank, clientConnected, at: new Date(START - 1000) },
  });
  const known = (changes: Partial<SlotMap> = {}) => [
    { path: "p", data: { ...mapDocument(TENANT, "1:1", "1:11"), ...changes }, version },
  ];
  const at = (reports: MapReports, map: ReturnType<typeof known>, seen: ServerSight, ms: number) => {
    const { reports: due, pending } = reports.due(map, seen, START + ms, START + ms);
    const [one] = due;
    return one
      ? `${one.actual.state} ${one.actual.clientConnected}${one.turned ? " turned" : ""}`
      : pending
        ? "held"
        : "-";
  };

  it("tells at once that all is as it shall be, and nothing twice", () => {
    const reports = new MapReports();
    expect(at(reports, known(), sight("1:11"), 0)).toBe("ACTIVE true turned");
    expect(at(reports, known(told(slotOf("1:11"), "ACTIVE", true)), sight("1:11"), 500)).toBe("-");
  });

  it("holds a state that may pass, and tells it when it stays", () => {
    const reports = new MapReports();
    const before = known(told(slotOf("1:11"), "ACTIVE", true));
    expect(at(reports, before, sight(undefined), 0)).toBe("held");
    expect(at(reports, before, sight("1:11", "NEW"), 1_000)).toBe("held");
    expect(at(reports, before, sight("1:11", "NEW"), 2_499)).toBe("held");
    expect(at(reports, before, sight("1:11", "NEW"), 2_500)).toBe("NEW true");
  });

  it("gives a client time to come back before it tells that it left", () => {
    const reports = new MapReports();
    const before = known(told(slotOf("1:11"), "ACTIVE", true));
    expect(at(reports, before, sight("1:11", "ACTIVE", false), 0)).toBe("held");
    expect(at(reports, before, sight("1:11", "ACTIVE", false), 5_999)).toBe("held");
    expect(at(reports, before, sight("1:11"), 6_000)).toBe("-");
    expect(at(reports, before, sight("1:11", "ACTIVE", false), 7_000)).toBe("held");
    expect(at(reports, before, sight("1:11", "ACTIVE", false), 13_000)).toBe("ACTIVE false turned");
  });

  it("does not speak against what was told after it looked, nor of what is only on disk", () => {
    const newer = known({ actual: { state: "ABSENT", bank: null, clientConnected: false, at: new Date(START + 1) } });
    expect(at(new MapReports(), newer, sight("1:11"), 0)).toBe("-");
    const onDisk = [{ path: "p", data: mapDocument(TENANT, "1:1", "1:11") }];
    expect(new MapReports().due(onDisk, sight("1:11"), START, START)).toEqual({ reports: [], pending: false });
  });

  it("tells no bank for a slot that none of ours can be", () => {
    const { reports } = new MapReports().due(known(), sight("0:11"), START, START);
    expect(reports).toEqual([]);
    const other = new MapReports();
    other.due(known(), sight("0:11"), START, START);
    const later = other.due(known(), sight("0:11"), START + 2_000, START + 2_000);
    expect(later.reports[0]?.actual).toMatchObject({ state: "ACTIVE", bank: null });
  });
});

describe("BankReports", () => {
  const bank = (changes: Partial<BankRecord> = {}) => [
    {
      path: "tenants/tenant_reports/simBanks/1",
      data: {
        ...{ tenantId: mapDocument(TENANT, "1:1", "1:1").tenantId, bankId: 1, label: "One", serverId: SERVER },
        ...{ createdAt: new Date(0), ...changes },
      },
      version,
    },
  ];
  const sight = (...banks: number[]): ServerSight => ({ maps: [], clients: new Set(), banks: new Set(banks) });
  const at = (reports: BankReports, known: ReturnType<typeof bank>, seen: ServerSight, ms: number, since = 0) => {
    const times = { reachableSince: START + since, lookedAt: START + ms, now: START + ms };
    const { reports: due, pending } = reports.due(known, seen, times);
    const [one] = due;
    return one ? `${one.connected} ${one.event?.document.type ?? "no event"}` : pending ? "held" : "-";
  };

  it("is no news when a bank is seen for the first time", () => {
    expect(at(new BankReports(), bank(), sight(1), 0)).toBe("true no event");
    expect(at(new BankReports(), bank({ connected: true }), sight(1), 0)).toBe("-");
  });

  it("is down when it was gone for a while", () => {
    const reports = new BankReports();
    const up = bank({ connected: true });
    expect(at(reports, up, sight(), 0)).toBe("held");
    expect(at(reports, up, sight(), 5_999)).toBe("held");
    expect(at(reports, up, sight(1), 6_000)).toBe("-");
    expect(at(reports, up, sight(), 7_000)).toBe("held");
    expect(at(reports, up, sight(), 13_000)).toBe("false bank_down");
    expect(at(reports, bank({ connected: false }), sight(), 14_000)).toBe("-");
    expect(at(reports, bank({ connected: false }), sight(1), 15_000)).toBe("true bank_up");
  });

  it("that was never seen is down only when its server has been there for a while, and the bank too", () => {
    const reports = new BankReports();
    expect(at(reports, bank(), sight(), 29_999)).toBe("held");
    expect(at(reports, bank(), sight(), 30_000)).toBe("false bank_down");
    const fresh = bank({ createdAt: new Date(START + 20_000) });
    expect(at(reports, fresh, sight(), 49_999)).toBe("held");
    expect(at(reports, fresh, sight(), 50_000)).toBe("false bank_down");
  });

  it("asks the sweep to look at one that is down, and at one that comes back after clients were moved away", () => {
    const times = { reachableSince: START - 60_000, lookedAt: START, now: START };
    const of = (changes: Partial<BankRecord>, seen: ServerSight) =>
      new BankReports().due(bank(changes), seen, times).reports.map(({ sweepAt }) => sweepAt);
    const asked = { connected: false, sweepAt: new Date(START - 1000) };
    expect(of({}, sight())).toEqual([new Date(START)]);
    expect(of({ ...asked, failedOverAt: new Date(START - 1000) }, sight(1))).toEqual([new Date(START)]);
    expect(of(asked, sight(1))).toEqual([undefined]);
    expect(of({}, sight(1))).toEqual([undefined]);
  });

  it("names its event after what changed, alike on every daemon, in the order of time", () => {
    const event = (ms: number) => {
      const times = { reachableSince: START, lookedAt: START + ms, now: START + ms };
      return new BankReports().due(bank({ connected: false }), sight(1), times).reports[0]?.event;
    };
    expect(event(0)).toEqual(event(0));
    expect((event(0)?.path ?? "") < (event(1)?.path ?? "")).toBe(true);
    expect(event(0)?.document).toMatchObject({ bankId: 1, tenantId: TENANT, severity: "info", type: "bank_up" });
  });
});
