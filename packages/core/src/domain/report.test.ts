import { describe, expect, it } from "vitest";
import { submit } from "../api/metrics.ts";
import type { Epc } from "../documents/epc.ts";
import type { Tenant } from "../documents/tenant.ts";
import { EpcId } from "./ids.ts";
import { newEpc } from "./newEpc.ts";
import { applyReport } from "./report.ts";

const start = Date.UTC(2026, 2, 1, 12, 0, 0);
const box = {
  hardware: { identity: "serial:x", disks: [], nics: [] },
  network: { dnsServers: [] },
  os: {},
  siteName: "Site",
};
const epc0: Epc = newEpc(
  { id: "tenant_x", settings: { reportIntervalSeconds: 60, allowShell: false } } as unknown as Tenant,
  box,
  {
    id: EpcId.parse("epc_0123456789abcdef"),
    tac: 1,
    plmn: { mcc: "001", mnc: "01" },
    siteName: "Site",
    credentialId: "c",
    enrolment: { at: new Date(start) },
    location: undefined,
  },
  new Date(start),
);
const report = (fields: object = {}) => submit.body.parse(fields);

describe("applyReport", () => {
  it("keeps five minutes in the document, then flushes them into their hour", () => {
    let epc = epc0;
    const flushes: number[] = [];
    for (let minute = 0; minute < 20; minute++) {
      const outcome = applyReport(epc, report({ system: { cpu_percent: minute } }), start + minute * 60_000, 0);
      epc = { ...epc, ...outcome.changes };
      const flushed = [...outcome.hours.values()].reduce((sum, bucket) => sum + Object.keys(bucket).length, 0);
      if (flushed > 0) flushes.push(flushed);
    }
    expect(flushes).toEqual([5, 5, 5, 5]);
    expect(epc.recent).toEqual([]);
    expect(epc.latest?.cpu).toBe(19);
  });

  it("takes installed packages over when they changed, and only then", () => {
    const packages = { "wisptools-agent": "1.0" };
    const first = applyReport(epc0, report({ version: { packages } }), start, 0).changes;
    expect(first.packages).toEqual(packages);
    const epc = { ...epc0, ...first };
    for (const fields of [{ version: { packages } }, { version: { agent: "1.0" } }, {}]) {
      expect(applyReport(epc, report(fields), start, 0).changes).not.toHaveProperty("packages");
    }
    for (const other of [{ "wisptools-agent": "1.1" }, { ...packages, "open5gs-mme": "2.7.1" }, {}]) {
      expect(applyReport(epc, report({ version: { packages: other } }), start, 0).changes.packages).toEqual(other);
    }
  });

  it("puts a backlog into its own hours with its own times, and drops what is out of reach", () => {
    const at = (ms: number) => new Date(ms).toISOString();
    const backlog = [
      { collected_at: at(start - 2 * 3_600_000), system: { cpu_percent: 7 } },
      { collected_at: at(start - 8 * 24 * 3_600_000), system: { cpu_percent: 8 } },
      { system: { cpu_percent: 9 } },
    ];
    const { hours, changes } = applyReport(epc0, report({ backlog }), start, 0);
    expect([...hours]).toEqual([["2026030110", { "0": { at: start - 2 * 3_600_000, cpu: 7 } }]]);
    expect(changes.recent).toHaveLength(1);
  });

  it("keeps the last figures at their own time when a heartbeat brings none, and shows none that were not measured again", () => {
    const full = applyReport(epc0, report({ system: { cpu_percent: 42 } }), start, 0);
    const bare = applyReport({ ...epc0, ...full.changes }, report(), start + 60_000, 0);
    expect({ ...full.changes, ...bare.changes }.latest).toEqual({ at: start, cpu: 42 });
    const other = applyReport({ ...epc0, ...full.changes }, report({ system: { disk_percent: 1 } }), start + 60_000, 0);
    expect(other.changes.latest).toEqual({ at: start + 60_000, disk: 1 });
  });

  it("hands a queued command out as delivered, again until its result, and never once it ran or expired", () => {
    const pending = (state: "queued" | "delivered" | "running", expiresIn: number) => ({
      id: `cmd_${state}` as never,
      request: { type: "reboot" },
      state,
      expiresAt: new Date(start + expiresIn),
    });
    const epc = {
      ...epc0,
      pendingCommands: [
        pending("queued", 1000),
        pending("delivered", 1000),
        pending("running", 1000),
        pending("queued", -1),
      ],
    };
    const outcome = applyReport(epc, report(), start, 0);
    expect(outcome.commands.map(({ state }) => state)).toEqual(["queued", "delivered"]);
    expect(outcome.firstDelivered).toHaveLength(1);
    expect(outcome.expired).toHaveLength(1);
    expect(outcome.changes.pendingCommands?.map(({ state }) => state)).toEqual(["delivered", "delivered", "running"]);
  });

  it("tells a transition once and says why", () => {
    const down = applyReport({ ...epc0, state: "online" }, report({ components: { mme: "stopped" } }), start, 0);
    expect(down.transition).toEqual({ from: "online", to: "degraded", ailments: ["mme stopped"] });
    const again = applyReport({ ...epc0, ...down.changes }, report({ components: { mme: "stopped" } }), start, 0);
    expect(again.transition).toBeUndefined();
  });

  it("ends a deployment that fell silent", () => {
    const at = new Date(start - 16 * 60_000);
    const deployment = {
      scriptVersion: 1,
      state: "running" as const,
      percent: 10,
      step: "x",
      message: "",
      startedAt: at,
      updatedAt: at,
      steps: [],
    };
    expect(applyReport({ ...epc0, state: "deploying", deployment }, report(), start, 0).changes.state).toBe("online");
    const alive = { ...deployment, updatedAt: new Date(start - 60_000) };
    expect(
      applyReport({ ...epc0, state: "deploying", deployment: alive }, report(), start, 0).changes.state,
    ).toBeUndefined();
  });
});
