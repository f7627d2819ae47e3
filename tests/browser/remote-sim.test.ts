// Operators and remote SIM: banks, cards, logins and policies made in the page, routers that register by HTTP, watched live.
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { api, enter, follow, forbidReload, fresh, gone, LAB, PATIENCE, says, useBrowser, WISP } from "./browser.ts";
import {
  beat,
  freshBank,
  freshCard,
  freshCards,
  freshLogin,
  freshNetwork,
  freshServer,
  type Login,
  NETWORK,
  registerRouter,
  remsim,
} from "./remsimWorld.ts";

const ENGINEER = "engineer@wisp123.test";
const VIEWER = "viewer@wisp123.test";
const OWNER = "owner@wisp123.test";
const { visit } = useBrowser();
const at = (path = "") => `/t/${WISP}/remote-sim${path}`;

async function confirm(page: Page, words: string | RegExp, typed?: string): Promise<void> {
  await says(page.getByTestId("confirm-dialog"), words);
  if (typed) await page.getByTestId("confirm-typed").fill(typed);
  await page.getByTestId("confirm-yes").click();
  await gone(page.getByTestId("confirm-dialog"));
}

/** An act of a menu that is loaded at its first use. */
async function act(page: Page, menu: string, item: string): Promise<void> {
  await page.getByTestId(menu).click();
  await page.getByTestId(item).click();
}

let server: string;
let login: Login;
/** With cards in slots 1 to 6 of 12. */
let bank: number;

beforeAll(async () => {
  server = await freshServer();
  login = await freshLogin();
  bank = await freshCards(server, 12, 6);
});

describe("banks and cards", () => {
  it("are added, filled from a CSV file after a preview, moved and deleted", async () => {
    const number = await freshBank();
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/banks"));
    await page.getByTestId("bank-add").first().click();
    await page.getByTestId("bank-number").fill(String(number));
    await page.getByTestId("bank-server").selectOption(server);
    await page.getByTestId("bank-label").fill("North shelf");
    await page.getByTestId("bank-slots").fill("1024");
    await page.getByTestId("bank-submit").click();
    await says(page.getByTestId("bank-form"), "from 1 to 1023");
    await page.getByTestId("bank-slots").fill("8");
    await page.getByTestId("bank-regions").fill("north");
    await page.getByTestId("bank-submit").click();
    await says(page.getByTestId("remsim-title"), `Bank ${number}: North shelf`);
    await says(page.getByTestId("slots-kind-empty"), "8");

    await follow(page, at("/cards/import"));
    const [first, second, third] = [freshCard(), freshCard(), freshCard()];
    const wrong = `${third.iccid.slice(0, -1)}${(Number(third.iccid.at(-1)) + 1) % 10}`;
    const row = (card: { iccid: string; imsi: string }, slot: string) =>
      `${card.iccid},${card.imsi},${NETWORK},Test Mobile,${number},${slot}`;
    const csv = ["iccid,imsi,mcc_mnc,carrier,bank_id,slot_id"];
    csv.push(
      row(first, "1"),
      row(second, "2"),
      row({ ...third, iccid: wrong }, "3"),
      row(first, "4"),
      row(third, "99"),
    );
    const file = { name: "cards.csv", mimeType: "text/csv", buffer: Buffer.from(csv.join("\n")) };
    await page.getByTestId("cards-import-file").setInputFiles(file);
    await says(page.getByTestId("preview-row-1"), "New");
    await says(page.getByTestId("preview-row-3"), /Left out.*check digit/s);
    await says(page.getByTestId("preview-row-4"), "Left out");
    await says(page.getByTestId("preview-row-5"), "Left out");
    await page.getByTestId("cards-apply").click();
    await says(page.getByTestId("cards-imported"), /2 cards added.*3 rows left out/);

    await follow(page, at(`/cards?place=${number}`));
    const card = page.getByTestId(`card-row-${first.iccid}`);
    await says(card.getByTestId("card-place"), `bank ${number}, slot 1`);
    await card.getByTestId("card-change").click();
    await page.getByTestId("card-slot").selectOption("8");
    await page.getByTestId("card-submit").click();
    await says(card.getByTestId("card-place"), `bank ${number}, slot 8`);
    await card.getByTestId("card-delete").click();
    await confirm(page, first.iccid);
    await gone(card);

    await page.getByTestId("card-add").click();
    await page.getByTestId("card-iccid").fill(wrong);
    await page.getByTestId("card-imsi").fill(third.imsi);
    await page.getByTestId("card-network").fill(NETWORK);
    await page.getByTestId("card-bank").selectOption(String(number));
    await page.getByTestId("card-slot").selectOption("3");
    await page.getByTestId("card-submit").click();
    await says(page.getByTestId("card-form"), "check digit");
    await page.getByTestId("card-iccid").fill(third.iccid);
    await page.getByTestId("card-submit").click();
    await says(page.getByTestId(`card-row-${third.iccid}`).getByTestId("card-place"), `bank ${number}, slot 3`);
    expect(troubles).toEqual([]);
  });

  it("show their slots in a grid for the keyboard, with acts; a bank is switched off and deleted", async () => {
    const number = await freshCards(server, 30, 3);
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/banks/${number}`));
    await page.getByTestId("slot-1").click();
    await says(page.getByTestId("slot-inspector"), /Slot 1.*Free.*Test Mobile/s);
    await page.keyboard.press("ArrowRight");
    await says(page.getByTestId("slot-inspector"), "Slot 2");
    await page.keyboard.press("End");
    await says(page.getByTestId("slot-inspector"), /Slot 30.*Empty/s);
    await page.keyboard.press("Home");
    await page.getByTestId("slot-faulty").click();
    await confirm(page, `Mark as faulty: bank ${number}, slot 1`);
    await says(page.getByTestId("slot-state"), "Faulty");
    expect(await page.getByTestId("slot-1").getAttribute("data-kind")).toBe("faulty");
    await page.getByTestId("slot-available").click();
    await confirm(page, "Make available");
    await says(page.getByTestId("slot-state"), "Free");
    await page.getByTestId("slot-disabled").click();
    await confirm(page, "Disable");
    await says(page.getByTestId("slot-state"), "Disabled");

    await page.getByTestId("bank-change").click();
    await page.getByTestId("bank-label").fill("South shelf");
    await page.getByTestId("bank-slots").fill("40");
    await page.getByTestId("bank-submit").click();
    await says(page.getByTestId("remsim-title"), "South shelf");
    await page.getByTestId("slot-40").waitFor();
    await act(page, "bank-actions", "bank-switch");
    await confirm(page, `Switch off bank ${number}`);
    await says(page.getByTestId("bank-state"), "Switched off");
    await act(page, "bank-actions", "bank-delete");
    await confirm(page, `Delete bank ${number}`, String(number));
    await gone(page.getByTestId(`bank-row-${number}`));
    expect(troubles).toEqual([]);
  });
});

describe("a router", () => {
  it("gets a login, registers, is seen live by others, is reassigned, released and deleted", async () => {
    const owner = await visit();
    await enter(owner.page, OWNER, at("/logins"));
    await owner.page.getByTestId("login-create").first().click();
    const name = fresh("van");
    await owner.page.getByTestId("login-name").fill(name);
    await owner.page.getByTestId("login-label").fill("Vans");
    await owner.page.getByTestId("login-submit").click();
    await says(owner.page.getByTestId("login-line"), `IONMESH_HOST=${name}:`);
    await owner.page.getByTestId("login-edge").fill("edge.example:5050");
    const line = await owner.page.getByTestId("login-line").innerText();
    const secret = /:([^@]+)@edge\.example$/.exec(line)?.[1] ?? "";
    await says(
      owner.page.getByTestId("login-commands"),
      `uci set remsim.ionmesh.host='${name}:${secret}@edge.example'`,
    );
    await owner.page.getByTestId("login-done").click();
    await owner.page.getByTestId(`login-${name}`).waitFor();
    const router = { login: name, secret };

    const clientId = `${name}-slot0`;
    const watcher = await visit();
    await enter(watcher.page, VIEWER, at());
    await watcher.page.getByTestId("remsim-title").waitFor();
    const sameDocument = await forbidReload(watcher.page);
    const given = await registerRouter(router, clientId);
    const row = watcher.page.getByTestId(`client-row-${clientId}`);
    await says(row.getByTestId("client-state"), "Registered");
    await says(row, given.iccid.slice(-6));
    const stats = { uptime_seconds: 60, tpdus_sent: 10, tpdus_received: 10, signal_rsrp: -97 };
    const modem_info = { model: "RM520N <b>bold</b>" };
    await beat(router, clientId, { stats, modem_info });
    await says(row.getByTestId("client-state"), "Connected");
    await says(row, /−97 dBm/);

    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`?q=${clientId}`));
    await page.getByTestId(`client-row-${clientId}`).getByRole("link").first().click();
    await says(page.getByTestId("client-modem"), "RM520N <b>bold</b>");
    await says(page.getByTestId("assignment-policy"), "built-in policy");
    await page.getByTestId("client-reassign").click();
    await page.getByTestId("reassign-slot").check();
    await page.getByTestId("reassign-bank").selectOption(String(bank));
    // Any that is offered: which card the router has, and so is not, was a policy's choice.
    const offered = page.getByTestId("reassign-to").locator(`option[value^="${bank}-"]`).last();
    await offered.waitFor({ state: "attached" });
    const slot = (await offered.getAttribute("value")) ?? "";
    await page.getByTestId("reassign-to").selectOption(slot);
    await page.getByTestId("reassign-submit").click();
    await gone(page.getByTestId("reassign"));
    await says(page.getByTestId("summary-slot"), slot);
    await says(row, slot);
    await page.getByTestId("client-reassign").click();
    await page.getByTestId("reassign-submit").click();
    await gone(page.getByTestId("reassign"));
    await expect.poll(() => page.getByTestId("summary-slot").innerText(), { timeout: PATIENCE }).not.toBe(slot);
    await page.getByTestId("tab-events").click();
    await page.getByTestId("event-slot_reassigned").first().waitFor();

    await act(page, "client-actions", "client-release");
    await confirm(page, `Release ${clientId}`);
    await says(page.getByTestId("client-state"), "Released");
    await says(row.getByTestId("client-state"), "Released");
    await act(page, "client-actions", "client-delete");
    await confirm(page, `Delete ${clientId}`);
    await gone(row);
    await sameDocument();

    await owner.page.getByTestId(`login-${name}`).getByTestId("login-revoke").click();
    await confirm(owner.page, `Revoke the login ${name}`);
    await says(owner.page.getByTestId(`login-${name}`).getByTestId("login-state"), "Revoked");
    expect([...troubles, ...watcher.troubles, ...owner.troubles]).toEqual([]);
  });

  it("is told commands and configurations, and its log and charts appear as they come", async () => {
    const clientId = fresh("mast-slot0");
    await registerRouter(login, clientId);
    await beat(login, clientId, { stats: { uptime_seconds: 10, tpdus_sent: 0, tpdus_received: 0, signal_rsrp: -90 } });
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`?q=${clientId}`));
    await page.getByTestId(`client-row-${clientId}`).getByRole("link").first().click();
    await page.getByTestId("tab-commands").click();
    await page.getByTestId("command-type").selectOption("log_level");
    await page.getByTestId("command-level").selectOption("debug");
    await page.getByTestId("command-send").click();
    await says(page.getByTestId("commands-waiting"), "Log level debug");

    await page.getByTestId("tab-configuration").click();
    await page.getByTestId("option-add").click();
    await page.getByTestId("option-name-0").fill("mcc_mnc");
    await page.getByTestId("option-value-0").fill("310410");
    await says(page.getByTestId("configuration-changes"), "mcc_mnc=310410");
    await page.getByTestId("configuration-save").click();
    await says(page.getByTestId("configuration-state"), "Version 1 waits");
    const told = await beat(login, clientId, {
      stats: { uptime_seconds: 20, tpdus_sent: 50, tpdus_received: 40, signal_rsrp: -91 },
    });
    const kinds = told.commands.map((one: { type: string }) => one.type);
    expect(kinds.sort()).toEqual(["config_update", "log_level"]);
    const acks = told.commands.map((one: { id: string }) => ({ id: one.id, ok: true, message: "done at the mast" }));
    await beat(login, clientId, { acks, configuration_version: 1 });
    await says(page.getByTestId("configuration-state"), "Version 1 applied");
    await page.getByTestId("tab-commands").click();
    await says(page.getByTestId("commands-waiting"), "None waits");
    await says(page.getByTestId("commands-told"), "done at the mast");

    await page.getByTestId("tab-logs").click();
    const { asRouter } = await import("./remsimWorld.ts");
    const lines = ["connected to bankd", "<i>not markup</i>"];
    expect((await asRouter(login, "POST", "/remsim/logs", { client_id: clientId, lines })).status).toBe(200);
    await says(page.getByTestId("log-log"), /connected to bankd\s+<i>not markup<\/i>/);
    await page.getByTestId("tab-charts").click();
    await page.getByTestId("charts").waitFor();
    await says(page.getByTestId("charts"), "RSRP");

    // Explained as itself it may keep the card that it holds; a stranger of its name would find that taken.
    await page.getByTestId("tab-overview").click();
    const place = /bank \d+, slot \d+/i.exec(await page.getByTestId("assignment-slot").innerText())?.[0] ?? "no place";
    await page.getByTestId("client-explain").click();
    await says(page.getByTestId("explain-about"), "this client");
    await page.getByTestId("explain-ask").click();
    await says(page.getByTestId("explain-result"), new RegExp(`in ${place}`, "i"));
    await page.getByTestId("explain-client").fill(fresh("van-slot0"));
    await says(page.getByTestId("explain-about"), "such a client");
    expect(troubles).toEqual([]);
  });
});

describe("policies", () => {
  it("are edited, judged before they are saved, and not saved over what somebody else did", async () => {
    const before = await api(OWNER, "POST", remsim("/remsim/explain"), {
      mapping_mode: "ONE_TO_ONE_SWSIM",
      mcc_mnc: NETWORK,
    });
    expect(before.body.slot).not.toBe(null);
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/policies"));
    await page.getByTestId("policy-builtin").waitFor();
    const existing = await page.getByTestId("policy-words").count();
    const name = fresh("Vans");
    await page.getByTestId("policy-add").click();
    await page.getByTestId("policy-name").fill(name);
    await page.getByTestId("policy-prefix").fill("van-");
    await page.getByTestId("policy-banks").fill(`${bank}`);
    await page.getByTestId("policy-card-carriers").fill(`12`);
    await says(page.getByTestId(`policy-${existing}`), /Clients that are called van-….*bank \d+/s);
    await page.getByTestId("policies-save").click();
    await says(page.getByTestId("policy-form").locator(".error").first(), /digits|must|Invalid/);
    await page.getByTestId("policy-card-carriers").fill(NETWORK);

    await page.getByTestId("explain-client").fill("van-slot0");
    await page.getByTestId("explain-ask").click();
    await says(page.getByTestId("explain-result"), new RegExp(`in bank ${bank}, slot`));
    await says(page.getByTestId("explain-step").filter({ hasText: name }), "decides");
    await page.getByTestId("explain-client").fill("barn-slot0");
    await page.getByTestId("explain-ask").click();
    await says(page.getByTestId("explain-step").filter({ hasText: name }), "does not fit");

    // Somebody else is quicker.
    await api(ENGINEER, "PATCH", remsim("/simbank/settings"), {
      grace_seconds: 301 + Math.floor(Math.random() * 1000),
    });
    await page.getByTestId("policies-conflict").waitFor();
    await page.getByTestId("conflict-keep").click();
    await page.getByTestId("policies-save").click();
    await gone(page.getByTestId("policies-save"));
    await says(page.getByTestId(`policy-${existing}`), name);

    // A second one, moved above it by the keyboard's way.
    await page.getByTestId("policy-add").click();
    await page.getByTestId("policy-name").fill(`${name} first`);
    await page
      .getByTestId(`policy-${existing + 1}`)
      .getByTestId("policy-up")
      .click();
    await says(page.getByTestId(`policy-${existing}`), `${name} first`);
    await page.getByTestId(`policy-${existing}`).getByTestId("policy-remove").click();
    await page.getByTestId(`policy-${existing}`).getByTestId("policy-remove").click();
    await page.getByTestId("policies-save").click();
    await gone(page.getByTestId("policies-save"));
    expect(await page.getByTestId("policy-words").count()).toBe(existing);
    expect(troubles).toEqual([]);
  });
});

describe("KI pools and settings", () => {
  it("a pool is made of slots, says what it can really give, gives profiles and is deleted", async () => {
    // Of its own: a router of the run's network may get a profile from any pool, that of a try before too.
    const network = freshNetwork();
    const number = await freshCards(server, 20, 4, network);
    const name = fresh("Pool");
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/pools"));
    await page.getByTestId("pool-add").first().click();
    await page.getByTestId("pool-name").fill(name);
    await page.getByTestId("pool-bank").selectOption(String(number));
    await page.getByTestId("pool-first").fill("5");
    await page.getByTestId("pool-last").fill("3");
    await page.getByTestId("pool-submit").click();
    await says(page.getByTestId("pool-form"), "is before firstSlot");
    await page.getByTestId("pool-first").fill("1");
    await page.getByTestId("pool-last").fill("4");
    await page.getByTestId("pool-each").fill("3");
    await page.getByTestId("pool-submit").click();
    const pool = page.getByTestId(`pool-${name}`);
    await says(pool.getByTestId("pool-capacity"), "0 of 12 profiles");
    const clientId = fresh("profile-slot0");
    await registerRouter(login, clientId, { mapping_mode: "KI_PROXY_SWSIM", mcc_mnc: network });
    await says(pool.getByTestId("pool-capacity"), "1 of 12 profiles");
    await pool.getByTestId("pool-change").click();
    await page.getByTestId("pool-most").fill("10");
    await page.getByTestId("pool-submit").click();
    await says(pool.getByTestId("pool-capacity"), /1 of 10 profiles.*its own limit/s);

    await pool.getByTestId("pool-delete").click();
    await page.getByTestId("confirm-yes").click();
    await says(page.getByTestId("confirm-dialog"), /profile uses its key/);
    await page.getByTestId("confirm-no").click();
    await follow(page, at(`?q=${clientId}`));
    await page.getByTestId(`client-row-${clientId}`).getByRole("link").first().click();
    await act(page, "client-actions", "client-release");
    await confirm(page, "Release");
    await follow(page, at("/pools"));
    await pool.getByTestId("pool-delete").click();
    await confirm(page, `Delete the pool ${name}`);
    await gone(pool);
    // The browser itself says on its console that two requests were refused.
    expect(troubles.filter((one) => !/status of 4\d\d/.test(one))).toEqual([]);
  });

  it("times are set with their bounds", async () => {
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/settings"));
    const grace = page.getByTestId("setting-grace_seconds");
    await expect.poll(() => grace.isEnabled(), { timeout: PATIENCE }).toBe(true);
    const was = await grace.inputValue();
    await grace.fill("5");
    await page.getByTestId("remsim-settings-save").click();
    await says(page.getByTestId("remsim-times"), "from 30 to");
    await grace.fill(was === "420" ? "430" : "420");
    await page.getByTestId("remsim-settings-save").click();
    await gone(page.getByTestId("remsim-settings-save"));
    await follow(page, at("/events"));
    await page.getByTestId("event-client_registered").first().waitFor();
    await page.getByTestId("events-type").selectOption("client_registered");
    await page.getByTestId("event-client_registered").first().waitFor();
    expect(await page.getByTestId("event-slot_reassigned").count()).toBe(0);
    expect(troubles).toEqual([]);
  });
});

describe("who may what", () => {
  it("a viewer sees everything but logins and is offered no act", async () => {
    const clientId = fresh("seen-slot0");
    await registerRouter(login, clientId);
    const { page, troubles } = await visit();
    await enter(page, VIEWER, at(`?q=${clientId}`));
    await page.getByTestId(`client-row-${clientId}`).getByRole("link").first().click();
    await page.getByTestId("client-assignment").waitFor();
    const acts = ["client-reassign", "client-actions", "command-form", "option-add", "logs-ask"];
    acts.push("bank-add", "bank-change", "bank-actions", "slot-disabled", "slot-faulty", "card-add", "cards-import");
    acts.push(
      "card-change",
      "policy-add",
      "policy-edit",
      "pool-add",
      "pool-change",
      "remsim-settings-save",
      "remsim-logins",
    );
    const offered = async (where: string) => {
      for (const one of acts) expect(await page.getByTestId(one).count(), `${where}: ${one}`).toBe(0);
    };
    await offered("overview");
    for (const tab of ["commands", "configuration", "logs"]) {
      await page.getByTestId(`tab-${tab}`).click();
      await page.getByTestId(`tab-${tab}`).and(page.locator("[aria-current]")).waitFor();
      await offered(tab);
    }
    for (const [path, shows] of [
      ["/banks", `bank-row-${bank}`],
      [`/banks/${bank}?slot=1`, "slot-grid"],
      ["/cards", "card-search"],
      ["/policies", "policy-builtin"],
      ["/pools", "remsim-title"],
      ["/settings", "remsim-times"],
    ] as const) {
      await follow(page, at(path));
      await page.getByTestId(shows).first().waitFor();
      await offered(path);
    }
    for (const path of ["/logins", "/cards/import"]) {
      await follow(page, at(path));
      await page.getByTestId("not-allowed").waitFor();
    }
    // An installer's acts are more than a viewer's; explaining is reading.
    await follow(page, at("/policies"));
    await page.getByTestId("explain-ask").click();
    await page.getByTestId("explain-result").waitFor();
    expect(troubles).toEqual([]);
  });

  it("another tenant's owner sees nothing of it, and what to do first in a new one", async () => {
    const empty = fresh("tenant-remsim").replaceAll("-", "_");
    const realm = `${fresh("remsim")}.wisptools.local`;
    const made = {
      tenant_id: empty,
      name: "New",
      realm,
      plmn: { mcc: "999", mnc: "71" },
      owner_email: "owner@lab.test",
    };
    await api("admin@platform.test", "POST", "/api/tenants", made);
    const { page, troubles } = await visit();
    await enter(page, "owner@lab.test", at(`/banks/${bank}`));
    await page.getByTestId("not-a-member").waitFor();
    await follow(page, `/t/${LAB}/remote-sim/banks/${bank}`);
    await page.getByTestId("bank-missing").waitFor();
    await follow(page, `/t/${LAB}/remote-sim/cards?q=${NETWORK}`);
    await page.getByTestId("cards-no-match").waitFor();

    await follow(page, `/t/${empty}/remote-sim`);
    await page.getByTestId("remsim-first-steps").waitFor();
    const step = (name: string) => page.getByTestId(`first-step-${name}`);
    await expect.poll(() => step("server").getAttribute("data-done"), { timeout: PATIENCE }).toBe("true");
    expect(await step("bank").getAttribute("data-done")).toBe("false");
    for (const [path, shows] of [
      ["/banks", "banks-empty"],
      ["/cards", "cards-empty"],
      ["/pools", "pools-empty"],
      ["/logins", "logins-empty"],
      ["/events", "events-empty"],
    ] as const) {
      await follow(page, `/t/${empty}/remote-sim${path}`);
      await page.getByTestId(shows).waitFor();
    }
    expect(troubles).toEqual([]);
  });
});
