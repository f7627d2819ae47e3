import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OncePerMinute } from "./oncePerMinute.ts";
import { openTestMirror, registrationOf, removeFolder, type TestMirror, temporaryFolder } from "./testing/mirrors.ts";

const IMSI = "001010000000001";

describe("Outbox", () => {
  let dataDir: string;
  let mirror: TestMirror;
  beforeEach(() => {
    dataDir = temporaryFolder();
    mirror = openTestMirror(dataDir, "cloud");
  });
  afterEach(async () => {
    await mirror.close();
    removeFolder(dataDir);
  });
  const head = () => mirror.inside.outbox.head("state", 10);

  it("keeps one report for each subscriber, in its first place, with the newest of everything", () => {
    const { reporter } = mirror;
    reporter.authenticated("tenant_a", IMSI, 60_000);
    reporter.authenticated("tenant_a", "001010000000002", 60_000);
    reporter.authenticated("tenant_a", IMSI, 61_000);
    reporter.registered(registrationOf(IMSI, { mme: "mme1" }));
    reporter.detached("tenant_a", IMSI, "purged");
    reporter.registered(registrationOf(IMSI, { mme: "mme2" }));
    expect(head().map(({ key }) => key)).toEqual([`live/tenant_a/${IMSI}`, "live/tenant_a/001010000000002"]);
    expect(head()[0]?.report).toMatchObject({
      change: { lastAuthenticationAt: 60_000, registration: { mme: "mme2" } },
    });
    expect(head()[0]?.report).not.toHaveProperty("change.gone");
  });

  it("keeps what came while the report before it was being written", () => {
    mirror.reporter.sqnOffset("tenant_a", IMSI, 1);
    const [sending] = head();
    mirror.reporter.sqnOffset("tenant_a", IMSI, 2);
    if (sending) mirror.inside.outbox.done(sending);
    expect(head()[0]?.report).toMatchObject({ kind: "offset", offset: 2 });
    for (const queued of head()) mirror.inside.outbox.done(queued);
    expect([head(), mirror.stats().queued]).toEqual([[], 0]);
  });

  it("goes on in order where it was when it is opened again", async () => {
    for (let i = 1; i <= 3; i++) mirror.reporter.sqnOffset("tenant_a", `00101000000000${i}`, i);
    for (const queued of head().slice(0, 1)) mirror.inside.outbox.done(queued);
    await mirror.close();
    mirror = openTestMirror(dataDir, "cloud");
    mirror.reporter.sqnOffset("tenant_a", "001010000000004", 4);
    expect(head().map(({ report }) => report.kind === "offset" && report.offset)).toEqual([2, 3, 4]);
    expect(mirror.stats().queued).toBe(3);
  });

  it("drops the oldest activity when there is too much of it, and no state", () => {
    const { reporter } = mirror;
    reporter.registered(registrationOf(IMSI));
    for (let i = 0; i < 100_010; i++) {
      reporter.activity({ tenantId: "tenant_a", kind: "attach", severity: "info", message: String(i) });
    }
    expect(mirror.stats()).toMatchObject({ queued: 100_001, dropped: 10 });
    expect(mirror.inside.outbox.head("activity", 1)[0]?.report).toMatchObject({ message: "10" });
    expect(head()).toHaveLength(1);
    expect(mirror.lines).toContainEqual(expect.objectContaining({ event: "queue full, oldest dropped" }));
  }, 60_000);

  it("tells of another device once, and of the same again after an hour", () => {
    const { reporter } = mirror;
    const kinds = () =>
      mirror.inside.outbox.head("activity", 10).map(({ report }) => report.kind === "activity" && report.activity);
    reporter.equipmentSeen("tenant_a", IMSI, "352000010000001", "01");
    reporter.equipmentSeen("tenant_a", IMSI, "352000010000009", "01");
    expect(kinds()).toEqual([]);
    reporter.equipmentSeen("tenant_a", IMSI, "352000020000000", "01");
    reporter.equipmentSeen("tenant_a", IMSI, "352000020000000", "01");
    expect(kinds()).toEqual(["imei-change"]);
    expect(head().map(({ key }) => key)).toEqual([
      `live/tenant_a/${IMSI}`,
      `equipment/tenant_a/${IMSI}/352000010000001`,
      `equipment/tenant_a/${IMSI}/352000020000000`,
    ]);
  });
});

describe("OncePerMinute", () => {
  it("lets each subscriber through once a minute", () => {
    const once = new OncePerMinute();
    const at = Date.UTC(2026, 10, 21, 12);
    const through = (moment: number) =>
      ["001010000000001", "001010000000002"].map((imsi) => once.isFirst(imsi, moment));
    expect(through(at)).toEqual([true, true]);
    expect(through(at + 59_999)).toEqual([false, false]);
    expect(through(at + 60_000)).toEqual([true, true]);
  });
});
