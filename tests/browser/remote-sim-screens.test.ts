// Every screen of remote SIM, with a hostile router in it: accessible, within its width, without a complaint of the browser.

import { paths, type RemsimSample } from "@wisptools/core";
import { beforeAll, expect, it } from "vitest";
import { api, enter, follow, fresh, PATIENCE, useBrowser, WISP } from "./browser.ts";
import { write } from "./daemonRecords.ts";
import { HOSTILE, inspect, tour } from "./inspect.ts";
import {
  asRouter,
  beat,
  freshCards,
  freshLogin,
  freshServer,
  type Login,
  registerRouter,
  remsim,
} from "./remsimWorld.ts";
import { remoteSim } from "./screens.ts";

const ENGINEER = "engineer@wisp123.test";
const OWNER = "owner@wisp123.test";
const { visit } = useBrowser();
const at = (path = "") => `/t/${WISP}/remote-sim${path}`;
const clientId = fresh("hostile-slot0");
let login: Login;
let bank: number;
let large: number;

beforeAll(async () => {
  const server = await freshServer();
  login = await freshLogin();
  bank = await freshCards(server, 60, 40);
  large = await freshCards(server, 1023, 20);
  const small = await freshCards(server, 10, 4);
  const pool = {
    name: fresh("Pool"),
    enabled: true,
    bankId: small,
    firstSlot: 1,
    lastSlot: 4,
    profilesPerSlot: 50,
    maxProfiles: 500,
  };
  await api(ENGINEER, "POST", remsim("/simbank/pools"), pool);
  await api(ENGINEER, "PATCH", remsim(`/simbank/banks/${bank}/slots/3`), { status: "faulty" });
  await api(ENGINEER, "PATCH", remsim(`/simbank/banks/${bank}/slots/4`), { status: "disabled" });
  await registerRouter(login, clientId);
  const heartbeat = (n: number) =>
    beat(login, clientId, {
      status: HOSTILE.slice(0, 32),
      stats: { uptime_seconds: n * 60, tpdus_sent: n * 100, tpdus_received: n * 90, signal_rsrp: -90 - n },
      modem_info: { model: HOSTILE, firmware: "x".repeat(80) },
    });
  await heartbeat(1);
  await heartbeat(2);
  await asRouter(login, "POST", "/remsim/logs", { client_id: clientId, lines: [HOSTILE, "y".repeat(300)] });
});

/** An hour and a half of minutes with a gap of ten and a restart, as heartbeats leave them. */
function history(): RemsimSample[] {
  const minutes = Array.from({ length: 90 }, (_, i) => i).filter((i) => i < 40 || i >= 50);
  return minutes.map((i) => {
    const up = (i < 60 ? i : i - 60) + 1;
    const signal = { rsrp: -96 + 4 * Math.sin(i / 9), sinr: 11 + 3 * Math.cos(i / 7) };
    const at = Date.now() - (90 - i) * 60_000;
    return {
      at,
      uptime: up * 60,
      tpdusSent: up * 37 + (i % 5),
      tpdusReceived: up * 36,
      errors: Math.floor(up / 20),
      signal,
    };
  });
}

/** The client's key, as its row links to it. */
async function keyOf(page: Awaited<ReturnType<typeof visit>>["page"]): Promise<string> {
  await follow(page, at(`?q=${clientId}`));
  const link = page.getByTestId(`client-row-${clientId}`).getByRole("link").first();
  const href = (await link.getAttribute("href")) ?? "";
  return href.split("/").at(-1) ?? "";
}

it("are accessible, fit a phone and please the browser", { timeout: 600_000 }, async () => {
  const { page, troubles } = await visit();
  await enter(page, OWNER, at());
  const key = await keyOf(page);
  await api(ENGINEER, "PUT", remsim(`/remsim/clients/${key}/configuration`), { values: { atr: HOSTILE } });
  await api(ENGINEER, "POST", remsim(`/remsim/clients/${key}/commands`), { type: "send_logs", lines: 100 });
  await write(paths.remsimClient(WISP, key), { samples: history() }, ["samples"]);
  const wrong = await tour(page, remoteSim(key, clientId, bank));
  expect([...wrong, ...troubles]).toEqual([]);
});

it("have dialogs that are, too", { timeout: 600_000 }, async () => {
  const { page, troubles } = await visit();
  await enter(page, OWNER, at("/logins"));
  await page.getByTestId("login-create").first().click();
  await page.getByTestId("login-name").fill(fresh("r"));
  await page.getByTestId("login-label").fill(HOSTILE);
  await page.getByTestId("login-submit").click();
  await page.getByTestId("login-line").waitFor();
  const wrong = await inspect(page, "remsim-login-made");
  await page.getByTestId("login-done").click();

  await follow(page, at("/cards/import"));
  const csv = `iccid,imsi,mcc_mnc,carrier\n12,34,5,${HOSTILE.replaceAll('"', "")}\n`;
  await page
    .getByTestId("cards-import-file")
    .setInputFiles({ name: "hostile.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByTestId("preview-row-1").waitFor();
  wrong.push(...(await inspect(page, "remsim-import-preview")));

  await follow(page, at("/policies"));
  await page.getByTestId("policy-add").click();
  await page.getByTestId("policy-name").fill(HOSTILE);
  await page.getByTestId("windowed").check();
  await page.getByTestId("explain-ask").click();
  await page.getByTestId("explain-result").waitFor();
  wrong.push(...(await inspect(page, "remsim-policy-edited")));
  await page.getByTestId("policies-discard").click();

  await follow(page, at(`/clients/${await keyOf(page)}`));
  await page.getByTestId("client-reassign").click();
  await page.getByTestId("reassign-slot").check();
  await page.getByTestId("reassign-to").waitFor();
  wrong.push(...(await inspect(page, "remsim-reassign")));
  await page.getByTestId("reassign-cancel").click();
  await follow(page, at("/pools"));
  await page.getByTestId("pool-change").first().click();
  wrong.push(...(await inspect(page, "remsim-pool-change")));
  await page.getByTestId("pool-cancel").click();
  await follow(page, at("/banks"));
  await page.getByTestId("bank-add").click();
  wrong.push(...(await inspect(page, "remsim-bank-add")));
  expect([...wrong, ...troubles]).toEqual([]);
});

it("draw the 1023 slots of the largest bank, and follow the keyboard through them", async () => {
  const { page, troubles } = await visit();
  await enter(page, ENGINEER, at(`/banks/${large}`));
  await page.getByTestId("slot-1023").waitFor();
  expect(await page.getByTestId("slot-grid").getByRole("option").count()).toBe(1023);
  await page.getByTestId("slot-1").click();
  await page.keyboard.press("End");
  await expect.poll(() => page.getByTestId("slot-inspector").innerText(), { timeout: PATIENCE }).toContain("Slot 1023");
  const wrong = await inspect(page, "remsim-bank-large");
  expect([...wrong, ...troubles]).toEqual([]);
});
