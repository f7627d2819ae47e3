// The page, the API, the daemon and an MME at once: what an operator decides is in force within a second, and seen.
import { EpcId } from "@wisptools/core";
import { expect, it, onTestFinished } from "vitest";
import { diameterIdentity } from "../../packages/core/src/domain/deployment/freeDiameter.ts";
import { SimulatedMme } from "../../scripts/dev/simulator/mme.ts";
import { DEMO_KEYS, demoKeys, SimulatedUe } from "../../scripts/dev/simulator/ue.ts";
import { api, enter, env, follow, says, useBrowser, WISP } from "./browser.ts";

const ENGINEER = "engineer@wisp123.test";
const { visit } = useBrowser();
const [host = "", port = ""] = (env.WISPTOOLS_HSS ?? "").split(":");
const epc = EpcId.parse("epc_00000000000000a1");

async function connectedMme(): Promise<SimulatedMme> {
  const mme = new SimulatedMme({
    host,
    port: Number(port),
    originHost: diameterIdentity("mme", epc, "wisp123.wisptools.local"),
    originRealm: "wisp123.wisptools.local",
  });
  onTestFinished(() => mme.close());
  await mme.connect();
  return mme;
}

/** A subscriber that no other try has, on a plan of its own. */
async function makeSubscriber(): Promise<{ imsi: string; plan: string; ue: SimulatedUe }> {
  const number = Date.now() % 1e9;
  const imsi = `001015${String(number).padStart(9, "0")}`;
  const plan = `live-${number}`;
  const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
  const rates = { uplink: 5_000_000, downlink: 20_000_000 };
  const settings = { name: plan, description: "", rates, qci: 9, arp, rules: [] };
  await api(ENGINEER, "PUT", `/api/hss/plans/${plan}?tenant_id=${WISP}`, settings);
  const keys = { k: DEMO_KEYS.k, opc: DEMO_KEYS.opc };
  await api(ENGINEER, "POST", `/api/hss/subscribers?tenant_id=${WISP}`, { imsi, keys, plan_id: plan });
  return { imsi, plan, ue: new SimulatedUe({ imsi, keys: demoKeys() }) };
}

it("shows who attaches, and brings a changed plan and a suspension to the MME", async () => {
  const { imsi, plan, ue } = await makeSubscriber();
  const mme = await connectedMme();
  const { page, troubles } = await visit();
  await enter(page, ENGINEER, `/t/${WISP}/subscribers/${imsi}`);
  await says(page.getByTestId("attach-state"), "Detached");
  await expect.poll(async () => (await mme.attach(ue)).outcome, { timeout: 10_000 }).toBe("attached");
  await says(page.getByTestId("attach-state"), "Attached");
  await says(page.getByTestId("serving-mme"), "Protocol test site");

  await follow(page, `/t/${WISP}/subscribers/plans/${plan}`);
  await page.getByTestId("plan-rates-down").fill("30 Mbit/s");
  const pushed = mme.next("IDR", imsi, 20_000);
  const begun = performance.now();
  await page.getByTestId("editor-save").click();
  await pushed;
  console.log(`saved on the page to IDR at the MME: ${Math.round(performance.now() - begun)} ms`);
  expect(mme.attached.get(imsi)?.profile.ambr).toEqual({ uplink: 5_000_000, downlink: 30_000_000 });

  await follow(page, `/t/${WISP}/subscribers/${imsi}`);
  await page.getByTestId("subscriber-suspend").click();
  const cancelled = mme.next("CLR", imsi, 20_000);
  const asked = performance.now();
  await page.getByTestId("confirm-yes").click();
  await cancelled;
  console.log(`suspended on the page to CLR at the MME: ${Math.round(performance.now() - asked)} ms`);
  expect(mme.attached.has(imsi)).toBe(false);
  await says(page.getByTestId("subscriber-status"), "Suspended");
  expect((await mme.attach(ue)).outcome).toBe("rejected");
  expect(troubles).toEqual([]);
});
