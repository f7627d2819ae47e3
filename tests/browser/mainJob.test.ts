// The main job as a person lives it: make a token, give it to a box, watch the box enrol, deploy, report and fall silent,
// all on one page that is never reloaded. The box runs the real device programs.
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { Box } from "./box.ts";
import {
  api,
  colourOf,
  computedColour,
  enter,
  env,
  follow,
  forbidReload,
  fresh,
  PATIENCE,
  says,
  url,
  useBrowser,
  WISP,
} from "./browser.ts";

const OWNER = "owner@wisp123.test";
const { visit } = useBrowser();

async function createToken(page: Page, site: string): Promise<string> {
  await page.getByTestId("token-create").click();
  await page.getByTestId("token-label").fill(site);
  await page.getByTestId("token-site").fill(site);
  await page.getByTestId("token-submit").click();
  const token = await page.getByTestId("token-value").innerText();
  await page.getByTestId("token-done").click();
  await page.getByTestId("token-value").waitFor({ state: "detached" });
  await page.getByText(site).first().waitFor();
  expect(await page.content()).not.toContain(token);
  return token;
}

/** The schedule runs once a minute in production; here it runs when told. */
async function sweep(): Promise<void> {
  const trigger = "functions/projects/demo-wisptools/triggers/us-central1-epcSweep-0";
  const reply = await fetch(`http://${env.WISPTOOLS_FUNCTIONS}/${trigger}`, { method: "POST" });
  expect(reply.status, await reply.text()).toBeLessThan(300);
}

const stateOf = (page: Page) => page.getByTestId("epc-state").first().getAttribute("data-state");
async function reaches(page: Page, box: Box, state: string, act?: () => Promise<void>): Promise<void> {
  const look = async () => {
    await act?.();
    return stateOf(page);
  };
  await expect.poll(look, { timeout: 3 * PATIENCE, interval: 500, message: box.output }).toBe(state);
}

it("leads from a token to a box that reports, and shows when it falls silent", { timeout: 600_000 }, async () => {
  const site = fresh("main-job");
  const box = new Box(site);
  onTestFinished(() => box.end());
  await api(OWNER, "PATCH", `/api/tenants/${WISP}`, { report_interval_seconds: 10 });
  const { page, troubles } = await visit();
  await enter(page, OWNER, `/t/${WISP}/settings/tokens`);
  const neverReloaded = await forbidReload(page);
  box.write("token", await createToken(page, site));

  await follow(page, `/t/${WISP}/fleet`);
  await page.getByTestId("fleet-totals").waitFor();
  expect(await page.getByText(site).count()).toBe(0);
  const options = ["--url", url, "--tenant", WISP, "--token-file", `${box.root}/token`, "--allow-http"];
  const enrolment = box.start("wisptools-register", ...options);
  const row = page.getByRole("row").filter({ hasText: site });
  await row.waitFor().catch((error) => Promise.reject(new Error(`${error}\n${box.output}`)));
  await row.getByRole("link").click();

  // apt holds the deployment while we look.
  await says(page.getByTestId("epc-title"), site);
  await page.getByTestId("tab-deployment").click();
  await says(page.getByTestId("deployment-state"), "Running");
  await reaches(page, box, "deploying");
  const progress = page.getByTestId("deployment-progress");
  expect(Number(await progress.getAttribute("aria-valuenow"))).toBeLessThan(100);
  box.openGate();
  await says(page.getByTestId("deployment-state"), /Succeeded|Failed/);
  expect(await page.getByTestId("deployment-state").innerText(), box.output).toBe("Succeeded");
  expect(await progress.getAttribute("aria-valuenow")).toBe("100");
  expect(await enrolment.ended, box.output).toBe(0);

  const agent = box.start("wisptools-agent");
  await reaches(page, box, "online");
  await page.getByTestId("tab-overview").click();
  await says(page.getByTestId("metric-memory"), "40 %");
  box.setMemory(63);
  await says(page.getByTestId("metric-memory"), "63 %");
  await says(page.getByTestId("component-mme"), "Running");

  await agent.stop();
  await reaches(page, box, "offline", sweep);
  const colour = await colourOf(page.getByTestId("epc-state"));
  expect(colour).toBe(await computedColour(page, "var(--bad)"));
  await says(page.getByTestId("metric-memory"), "–");
  await page.getByTestId("tab-events").click();
  await says(page.getByTestId("event-state"), "online → offline");
  await follow(page, `/t/${WISP}/fleet?state=offline`);
  await row.waitFor();
  const mark = await colourOf(row.locator("svg.offline"));
  expect(mark).toBe(await computedColour(page, "var(--bad)"));
  await neverReloaded();
  expect(troubles).toEqual([]);
});
