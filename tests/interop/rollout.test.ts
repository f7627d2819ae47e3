// A rollout on a real Debian 12, through the running stack: the box takes its packages from its tenant's repository with real apt, takes a good
// update, takes a broken one back by itself, and the rollout stops at its threshold; the page shows it as it happens.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { api, RolloutDeviceState, TenantId } from "@wisptools/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishPackage } from "../../scripts/release/publishPackage.ts";
import { enter, follow, says, screenshotFile, useBrowser } from "../browser/browser.ts";
import { Box } from "./chroot/box.ts";
import { Administrator } from "./chroot/tenantRepository.ts";
import { buildPackages, VERSION } from "./stand-in-packages/build.ts";

const PACKAGE = "open5gs-sgwc";
const DAEMON = "usr/bin/open5gs-sgwcd";

const { visit } = useBrowser();
let box: Box;
let administrator: Administrator;
let tenant: TenantId;

/** The stand-in of PACKAGE under another version, with this program for a daemon, in the channel that the box follows. */
async function publish(version: string, program: (before: string) => string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "published-"));
  try {
    buildPackages(folder);
    const root = join(folder, "root");
    execFileSync("dpkg-deb", ["-R", join(folder, `${PACKAGE}.deb`), root]);
    const control = readFileSync(join(root, "DEBIAN/control"), "utf8").replace(/^Version: .*$/m, `Version: ${version}`);
    writeFileSync(join(root, "DEBIAN/control"), control);
    writeFileSync(join(root, DAEMON), program(readFileSync(join(root, DAEMON), "utf8")));
    const file = join(folder, `${PACKAGE}_${version}_all.deb`);
    // The same bytes each time: the repository refuses other content under a name that it has.
    const env = { ...process.env, SOURCE_DATE_EPOCH: "1750000000" };
    execFileSync("dpkg-deb", ["--root-owner-group", "--build", root, file], { stdio: "pipe", env });
    await publishPackage({ url: administrator.url, tenantId: tenant, headers: administrator.headers }, file, "stable");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** To every EPC of the tenant, all at once; the first one that fails stops it. Returns its id. */
async function rollOut(version: string): Promise<string> {
  const group = { upToPercent: 100, successPercent: 100, soakMinutes: 0, approval: false };
  const limits = { failurePercent: 1, failureCount: 1, onFailure: "pause", maxConcurrent: 10 };
  const body = {
    name: `sgwc ${version}`,
    packages: [{ name: PACKAGE, version }],
    target: {},
    strategy: { groups: [group], ...limits, healthSeconds: 5, reportSeconds: 120 },
  };
  const path = `/api/epc-updates/rollouts?tenant_id=${tenant}`;
  const { rollout } = await administrator.request<{ rollout: api.RolloutView }>("POST", path, body);
  return rollout.rollout_id;
}

/** The rollout, once no device of it is under way any more. */
async function ended(id: string, end: RolloutDeviceState): Promise<api.RolloutView> {
  const path = `/api/epc-updates/rollouts/${id}?tenant_id=${tenant}`;
  for (let n = 0; n < 400; n++) {
    const { rollout } = await administrator.request<{ rollout: api.RolloutView }>("GET", path);
    // What follows from a device's end is decided right after it was written.
    if (rollout.counts[end] && rollout.state !== "running") return rollout;
    await pause(1000);
  }
  const log = box.run(["tail", "-n", "50", "/var/log/wisptools/wisptools-update.log"]).output;
  throw new Error(`no device of ${id} became ${end}: ${log}`);
}

const installed = () => /^Version: (.*)$/m.exec(box.run(["dpkg", "-s", PACKAGE]).output)?.[1];
const runs = () => box.run(["systemctl", "is-active", "open5gs-sgwcd"]).status === 0;

beforeAll(async () => {
  box = await Box.make();
  box.run(["rm", "-r", "/usr/lib/wisptools"]);
  administrator = await Administrator.signIn(process.env as Record<string, string>);
  await administrator.letIn(box);
  tenant = await administrator.makeTenant();
  const core_source = { uri: "repository", suite: "stable", components: [] };
  await administrator.request("PATCH", `/api/tenants/${tenant}`, { core_source, report_interval_seconds: 10 });
  const tokens = `/api/tenants/${tenant}/enrolment-tokens`;
  const { token } = await administrator.request<{ token: string }>("POST", tokens, { label: "chroot" });
  box.write("root/token", token);
  const cwd = join(import.meta.dirname, "../../scripts/device");
  box.write("root/enrol.sh", execFileSync("sh", ["bundle.sh"], { cwd, encoding: "utf8", maxBuffer: 1e7 }));
  const options = ["--url", administrator.url, "--tenant", tenant, "--token-file", "/root/token", "--allow-http"];
  const ran = box.run(["sh", "/root/enrol.sh", ...options]);
  expect(ran.status, ran.output.slice(-3000)).toBe(0);
  expect(installed()).toBe(VERSION);
});
afterAll(() => box?.end());

describe("a rollout", () => {
  it("updates the box from its tenant's repository", async () => {
    await publish("2.7.7", (before) => before.replace("#!/bin/sh", "#!/bin/sh\n# 2.7.7"));
    const rollout = await ended(await rollOut("2.7.7"), "committed");
    expect(rollout.state).toBe("completed");
    expect(installed()).toBe("2.7.7");
    expect(runs()).toBe(true);
  });

  it("of a broken version stops: the box has gone back to what it had", async () => {
    await publish("2.7.8", () => "#!/bin/sh\nexit 1\n");
    const { page, troubles } = await visit();
    await enter(page, "admin@platform.test", `/t/${tenant}/updates/rollouts`);
    await page.getByTestId("updates-title").waitFor();
    // Not before the page is there to see it run.
    const id = await rollOut("2.7.8");
    await follow(page, `/t/${tenant}/updates/rollouts/${id}`);
    await says(page.getByTestId("rollout-state"), "Running");
    const rollout = await ended(id, "rolled_back");
    expect(rollout.state).toBe("paused");
    await says(page.getByTestId("rollout-state"), "Paused");
    await says(page.getByTestId("rollout-banner"), "Stopped by itself");
    await says(page.getByTestId("rollout-reason"), rollout.state_reason);
    await says(page.getByTestId(/^device-epc_/).getByTestId("device-state"), "Rolled back");
    await says(page.getByTestId(/^device-epc_/), "not running: open5gs-sgwcd");
    await page.screenshot({ path: screenshotFile("rollout-stopped"), fullPage: true });
    expect(troubles).toEqual([]);
    expect(installed()).toBe("2.7.7");
    expect(runs()).toBe(true);
    expect(box.read("var/log/wisptools/wisptools-update.log")).toContain("not running: open5gs-sgwcd");
  });
});
