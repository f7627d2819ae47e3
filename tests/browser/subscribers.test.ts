// Operators and their subscribers: added by hand and from a file, changed while others change them, stopped, and watched.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { paths } from "@wisptools/core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, enter, follow, forbidReload, gone, LAB, PATIENCE, says, url, useBrowser, WISP } from "./browser.ts";
import { connection, happened, serve, write, writeAll } from "./daemonRecords.ts";

const ENGINEER = "engineer@wisp123.test";
const K = "465b5ce8b199b49faa5f0a2ee238a6bc";
const OPC = "e8ed289deba952e4283b54e88e6183ca";
const { visit } = useBrowser();

let last = Date.now() % 1e9;
/** An IMSI of the demo network that no other test has. */
const freshImsi = (): string => `001014${String(++last).padStart(9, "0")}`;
const at = (path = "") => `/t/${WISP}/subscribers${path}`;

async function made(more: object = {}): Promise<string> {
  const imsi = freshImsi();
  const body = { imsi, keys: { k: K, opc: OPC }, plan_id: "gold", ...more };
  await api(ENGINEER, "POST", `/api/hss/subscribers?tenant_id=${WISP}`, body);
  return imsi;
}

async function confirm(page: Page, words: string, typed?: string): Promise<void> {
  await says(page.getByTestId("confirm-dialog"), words);
  if (typed) await page.getByTestId("confirm-typed").fill(typed);
  await page.getByTestId("confirm-yes").click();
  await gone(page.getByTestId("confirm-dialog"));
}

describe("the wizard", () => {
  it("finds faults where they are, previews the profile, and adds a subscriber that shows up by itself", async () => {
    const imsi = freshImsi();
    const label = `Wizard ${imsi.slice(-5)}`;
    const watcher = await visit();
    await enter(watcher.page, "viewer@wisp123.test", at(`?q=${imsi}`));
    await watcher.page.getByTestId("subscribers-no-match").waitFor();
    const sameDocument = await forbidReload(watcher.page);

    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/add"));
    await page.getByLabel("IMSI").fill("310410000000001");
    await page.getByLabel("ICCID").fill("8901260123456789012");
    await page.getByTestId("step-next").click();
    await says(page.getByRole("alert"), "wrong check digit");
    await page.getByLabel("ICCID").fill("");
    await page.getByTestId("step-next").click();
    await says(page.getByRole("alert"), "00101 (001/01)");
    await page.getByLabel("IMSI").fill(imsi);
    await page.getByLabel("Label").fill(label);
    await page.getByTestId("step-next").click();

    await page.getByTestId("key-k").fill("00ff");
    await page.getByTestId("key-operator").fill(OPC);
    await page.getByTestId("step-next").click();
    await says(page.getByRole("alert"), "hex digits");
    await page.getByTestId("key-k").fill(`${K.slice(0, 16)} ${K.slice(16).toUpperCase()}`);
    await page.getByRole("button", { name: "Show K" }).click();
    await page.getByRole("button", { name: "Hide K" }).waitFor();
    await page.getByTestId("step-next").click();

    await page.getByTestId("subscriber-plan").selectOption("gold");
    await says(page.getByTestId("profile-rates"), "100 Mbit/s down, 50 Mbit/s up");
    await page.getByTestId("step-next").click();
    await page.getByTestId("step-review").waitFor();
    await says(page.getByTestId("profile-apn"), "internet");
    expect(await page.content()).not.toContain(K.slice(0, 16));
    await page.getByTestId("step-next").click();
    await page.waitForURL(`${url}${at(`/${imsi}`)}`);
    await says(page.getByTestId("subscriber-title"), label);
    await says(page.getByTestId("profile-plan"), "Gold");

    await says(watcher.page.getByTestId(`subscriber-row-${imsi}`), label);
    await sameDocument();
    expect([...troubles, ...watcher.troubles]).toEqual([]);
  });
});

describe("a subscriber", () => {
  it("that two people edit keeps both their changes, and says what the other one did", async () => {
    const imsi = await made({ label: "Before" });
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/${imsi}/settings`));
    await page.getByTestId("subscriber-label").fill("Mine");
    await api(ENGINEER, "PATCH", `/api/hss/subscribers/${imsi}?tenant_id=${WISP}`, { plan_id: "silver" });
    await says(page.getByTestId("conflict"), /Plan: gold is now silver/);
    await page.getByTestId("conflict-keep").click();
    await gone(page.getByTestId("conflict"));
    expect(await page.getByTestId("subscriber-plan").inputValue()).toBe("silver");
    await page.getByTestId("save-subscriber").click();
    await says(page.getByTestId("toast"), "Saved");
    await says(page.getByTestId("subscriber-title"), "Mine");
    await page.getByTestId("tab-overview").click();
    await says(page.getByTestId("profile-plan"), "Silver");
    await says(page.getByTestId("subscriber-revision"), "3");
    expect(troubles).toEqual([]);
  });

  it("shows what daemons report at once, is suspended and activated", async () => {
    const imsi = await made();
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/${imsi}`));
    await says(page.getByTestId("attach-state"), "Detached");
    const sameDocument = await forbidReload(page);
    await serve(imsi);
    await says(page.getByTestId("attach-state"), "Attached");
    await says(page.getByTestId("session-address"), "internet 10.45.0.17");
    await says(page.getByTestId("subscriber-device"), "490154203237518");
    await page.getByTestId("tab-activity").click();
    await happened(imsi, "rejected", "warning", "roaming is not allowed");
    await says(page.getByTestId("activity-rejected"), "roaming is not allowed");
    await page.getByTestId("subscriber-suspend").click();
    await confirm(page, imsi);
    await says(page.getByTestId("subscriber-status"), "Suspended");
    await page.getByTestId("subscriber-activate").click();
    await confirm(page, imsi);
    await says(page.getByTestId("subscriber-status"), "Active");
    await sameDocument();
    expect(troubles).toEqual([]);
  });

  it("takes a command whose result arrives by itself", async () => {
    const imsi = await made();
    await serve(imsi, { mme: "mme.epc-elsewhere.wisp123.wisptools.local" });
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/${imsi}`));
    await page.getByTestId("subscriber-actions").click();
    await page.getByTestId("action-cancel-location").click();
    await confirm(page, imsi);
    await says(page.getByTestId("command-result"), "waiting for the daemon");
    const id = (await page.getByTestId("command-result").getAttribute("data-command")) ?? "";
    await write(paths.hssCommand(WISP, id), { state: "done", result: "The MME let it go." }, ["state", "result"]);
    await says(page.getByTestId("command-result"), "Cancel location: done. The MME let it go.");
    expect(troubles).toEqual([]);
  });

  it("is deleted only after its IMSI was typed", async () => {
    const imsi = await made();
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/${imsi}`));
    await page.getByTestId("subscriber-actions").click();
    await page.getByTestId("action-delete").click();
    await confirm(page, imsi, imsi);
    await page.waitForURL(`${url}${at()}`);
    await follow(page, at(`/${imsi}`));
    await page.getByTestId("subscriber-missing").waitFor();
    expect(troubles).toEqual([]);
  });

  it("gets new keys, which no page shows", async () => {
    const imsi = await made();
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/${imsi}/keys`));
    await page.getByTestId("key-k").fill("zz");
    await page.getByTestId("key-operator").fill(OPC);
    await page.getByTestId("keys-submit").click();
    await says(page.getByRole("alert"), "hex digits");
    await page.getByTestId("key-k").fill(K);
    await page.getByTestId("keys-submit").click();
    await confirm(page, imsi);
    await expect.poll(() => page.getByTestId("key-k").inputValue(), { timeout: PATIENCE }).toBe("");
    expect(await page.content()).not.toContain(K);
    expect(troubles).toEqual([]);
  });
});

describe("the list", () => {
  it("is searched from the keyboard, and acts on many with a bar and the failures by row", async () => {
    const prefix = `Bulk ${freshImsi().slice(-6)}`;
    const imsis = [await made({ label: `${prefix} a` }), await made({ label: `${prefix} b` })];
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at());
    await page.getByTestId("subscriber-stats").waitFor();
    await page.locator("body").press("/");
    await page.keyboard.type(prefix);
    await expect.poll(() => new URL(page.url()).searchParams.get("q"), { timeout: PATIENCE }).toBe(prefix);
    for (const imsi of imsis) await page.getByTestId(`subscriber-row-${imsi}`).waitFor();
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await says(page.getByTestId("subscriber-bulk"), "2 subscribers selected");
    await page.getByTestId("bulk-suspend").click();
    await confirm(page, "Suspend 2 subscribers?");
    await says(page.getByTestId("bulk-progress"), "Suspending: 2 of 2");
    for (const imsi of imsis) await says(page.getByTestId(`subscriber-row-${imsi}`), "Suspended");
    await page.getByTestId("filter-status").selectOption("suspended");
    await page.getByTestId(`subscriber-row-${imsis[0]}`).waitFor();

    await api(ENGINEER, "PATCH", `/api/hss/subscribers/${imsis[0]}?tenant_id=${WISP}`, { status: "terminated" });
    await page.getByTestId("filter-status").selectOption("");
    await says(page.getByTestId(`subscriber-row-${imsis[0]}`), "Terminated");
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await page.getByTestId("bulk-assign").selectOption("plan:silver");
    await confirm(page, "Plan Silver for 2 subscribers?");
    await says(page.getByTestId("bulk-progress"), "2 of 2, 1 failed");
    await says(page.getByTestId("bulk-progress"), `${imsis[0]} this subscriber is terminated`);
    await says(page.getByTestId(`subscriber-row-${imsis[1]}`), "Silver");
    await says(page.getByTestId("subscriber-bulk"), "1 subscriber selected");
    await page.getByTestId("bulk-delete").click();
    await confirm(page, "Delete 1 subscriber?", "delete 1");
    await gone(page.getByTestId(`subscriber-row-${imsis[0]}`));
    // The one refusal is what was provoked.
    expect(troubles.filter((one) => !/40[09]|412/.test(one))).toEqual([]);
  });
});

describe("a tenant with more subscribers than one listener shows", () => {
  const PREFIX = "99970";
  const now = new Date();
  const subscriber = (imsi: string, more: object = {}) => ({
    schemaVersion: 1,
    imsi,
    tenantId: LAB,
    revision: 1,
    label: "One of many",
    status: "active",
    planId: "gold",
    staticAddresses: {},
    algorithm: "milenage",
    amf: "8000",
    keysChangedAt: now,
    createdAt: now,
    updatedAt: now,
    ...more,
  });
  const crowd = new Map(
    Array.from({ length: 499 }, (_, i) => {
      const imsi = `${PREFIX}1${String(i).padStart(9, "0")}`;
      return [paths.subscriber(LAB, imsi), subscriber(imsi)];
    }),
  );
  const beyond = `${PREFIX}9999999999`;
  const zebra = subscriber(beyond, { label: "Zebra", msisdn: "467099887766", status: "suspended" });
  crowd.set(paths.subscriber(LAB, beyond), zebra);
  beforeAll(() => writeAll(crowd));
  afterAll(() => writeAll(new Map([...crowd.keys()].map((path) => [path, undefined]))));

  it.each([
    ["q=Zeb", "the beginning of its label"],
    [`q=${beyond.slice(0, 8)}`, "the beginning of its IMSI"],
    ["q=%2B4670998", "the beginning of its number"],
    ["status=suspended", "its status"],
    ["status=suspended&plan=gold&q=Zebra", "all together"],
  ])("finds one beyond by %s: %s", async (query) => {
    const { page, troubles } = await visit();
    await enter(page, "owner@lab.test", `/t/${LAB}/subscribers`);
    await says(page.getByRole("status").filter({ hasText: "The first 500" }), "The first 500 are shown");
    expect(await page.getByTestId(`subscriber-row-${beyond}`).count()).toBe(0);
    await follow(page, `/t/${LAB}/subscribers?${query}`);
    await says(page.getByTestId(`subscriber-row-${beyond}`), "Zebra");
    expect(troubles).toEqual([]);
  });
});

describe("a plan", () => {
  it("is added with units, and reaches the profile of who has it", async () => {
    const name = `Tower ${freshImsi().slice(-6)}`;
    const id = name.toLowerCase().replace(" ", "-");
    const imsi = await made();
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/plans/+"));
    await page.getByTestId("plan-name").fill(name);
    expect(await page.getByTestId("editor-id").inputValue()).toBe(id);
    await page.getByTestId("plan-rates-down").fill("very fast");
    await page.getByTestId("plan-rates-up").fill("512k");
    await page.getByTestId("editor-save").click();
    await says(page.getByRole("alert"), "Enter a rate");
    await page.getByTestId("plan-rates-down").fill("1.5 Gbit/s");
    await page.getByTestId("plan-qci").selectOption("8");
    await page.getByTestId("editor-save").click();
    await says(page.getByTestId(`plan-row-${id}`), "1.5 Gbit/s");
    await api(ENGINEER, "PATCH", `/api/hss/subscribers/${imsi}?tenant_id=${WISP}`, { plan_id: id });
    await follow(page, at(`/${imsi}`));
    await says(page.getByTestId("profile-rates"), "1.5 Gbit/s down, 512 kbit/s up");
    await follow(page, at(`/plans/${id}`));
    await page.getByTestId("editor-delete").click();
    await page.getByTestId("confirm-yes").click();
    await says(page.getByTestId("confirm-dialog"), imsi);
    await page.getByTestId("confirm-no").click();
    expect(troubles.filter((one) => !/40[09]|412/.test(one))).toEqual([]);
  });
});

describe("a plan that two people edit", () => {
  it("is not saved over the other's change unasked", async () => {
    const id = `shared-${freshImsi().slice(-6)}`;
    const rates = { uplink: 1_000_000, downlink: 2_000_000 };
    const arp = { priorityLevel: 8, preemptionCapability: false, preemptionVulnerability: true };
    const plan = { name: "Shared", description: "", rates, qci: 9, arp, rules: [] };
    const put = (body: object) => api(ENGINEER, "PUT", `/api/hss/plans/${id}?tenant_id=${WISP}`, body);
    await put(plan);
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at(`/plans/${id}`));
    await page.getByTestId("plan-name").fill("Mine");
    await put({ ...plan, name: "Theirs", revision: 1 });
    await page.getByText("Somebody else saved this plan meanwhile").waitFor();
    await page.getByRole("button", { name: "Take theirs" }).click();
    await expect.poll(() => page.getByTestId("plan-name").inputValue(), { timeout: PATIENCE }).toBe("Theirs");
    await page.getByTestId("plan-name").fill("Mine after all");
    await page.getByTestId("editor-save").click();
    await says(page.getByTestId("toast"), "Plan Mine after all saved");
    await says(page.getByRole("heading", { level: 1 }), "Mine after all");
    expect(troubles).toEqual([]);
  });
});

describe("equipment", () => {
  it("is put on a list, moved and removed", async () => {
    const tac = String(10_000_000 + (++last % 80_000_000));
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/equipment"));
    await page.getByTestId("equipment-add").click();
    await page.getByTestId("equipment-imei").fill("490154203237519");
    await page.getByTestId("equipment-dialog-submit").click();
    await says(page.getByRole("alert"), "wrong check digit");
    await page.getByTestId("equipment-kind").selectOption("tac");
    await page.getByTestId("equipment-from").fill(tac);
    await page.getByTestId("equipment-reason").fill("Stolen lorry");
    await page.getByTestId("equipment-dialog-submit").click();
    const row = page.getByTestId(`equipment-tac-${tac}-${tac}`);
    await says(row, "Stolen lorry");
    await says(row.getByTestId("equipment-list"), "Black");
    await row.getByTestId("equipment-move").selectOption("grey");
    await says(row.getByTestId("equipment-list"), "Grey");
    await row.getByTestId("equipment-remove").click();
    await confirm(page, tac);
    await gone(row);
    expect(troubles).toEqual([]);
  });
});

describe("a file", () => {
  it("is previewed, applied but for its two faulty rows, and remembered", async () => {
    const imsis = [freshImsi(), freshImsi(), freshImsi()];
    const rows = [
      `${imsis[0]},${K},${OPC},Import a`,
      `31041${imsis[0]?.slice(5)},${K},${OPC},Foreign`,
      `${imsis[1]},${K},${OPC},"Import b, quoted"`,
      `${freshImsi()},nothex,${OPC},Bad key`,
      `${imsis[2]},${K},${OPC},Import c`,
    ];
    const name = `subscribers-${imsis[0]}.csv`;
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/import"));
    const buffer = Buffer.from(`imsi,k,opc,label\n${rows.join("\n")}\n`);
    await page.getByTestId("import-file").setInputFiles({ name, mimeType: "text/csv", buffer });
    await says(page.getByTestId("preview-create"), "3");
    await page.getByTestId("preview-error").click();
    await says(page.getByTestId("preview-row-2"), "imsi");
    await says(page.getByTestId("preview-row-4"), "k");
    expect(await page.getByTestId("preview-row-1").count()).toBe(0);
    await page.getByTestId("import-apply").click();
    await confirm(page, "2 faulty rows left out");
    await says(page.getByTestId("import-progress"), "5 of 5 rows: 3 added, 0 changed, 0 unchanged, 2 failed");
    await page.getByTestId("import-again").click();
    await says(page.getByTestId("import-progress"), name);
    await page.reload();
    await says(page.getByTestId("import-progress"), name);
    await follow(page, at(`?q=${imsis[1]}`));
    await says(page.getByTestId(`subscriber-row-${imsis[1]}`), "Import b, quoted");
    expect(troubles).toEqual([]);
  });

  it("that was left half done goes on after a reload with the same file", async () => {
    const imsis = [freshImsi(), freshImsi(), freshImsi()];
    const header = "imsi,k,opc,label\n";
    const rows = imsis.map((imsi) => `${imsi},${K},${OPC},Resumed`);
    const file = `${header}${rows.join("\n")}\n`;
    const name = `half-${imsis[0]}.csv`;
    const body = { file_name: name, sha256: createHash("sha256").update(file).digest("hex"), total: 3 };
    const begun = await api(ENGINEER, "POST", `/api/hss/imports?tenant_id=${WISP}`, body);
    const part = { offset: 0, format: "csv", text: `${header}${rows[0]}` };
    await api(ENGINEER, "POST", `/api/hss/imports/${begun.body.import_id}/rows?tenant_id=${WISP}`, part);
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/import"));
    await says(page.getByTestId("import-unfinished").filter({ hasText: name }), "go on at row 2");
    await page.getByTestId("import-file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(file) });
    await says(page.getByTestId("preview-unchanged"), "1");
    await page.getByText("it goes on at row 2 of 3").waitFor();
    await page.getByTestId("import-apply").click();
    await says(page.getByTestId("import-progress"), "3 of 3 rows: 3 added, 0 changed, 0 unchanged, 0 failed");
    expect(troubles).toEqual([]);
  });

  it("of all subscribers is exported without keys", async () => {
    const imsi = await made({ label: "To be exported" });
    const { page, troubles } = await visit();
    await enter(page, "owner@wisp123.test", at("/import"));
    await page.getByTestId("export").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-csv").click()]);
    const text = readFileSync(await download.path(), "utf8");
    expect(text).toContain(imsi);
    expect(text).toContain("To be exported");
    expect(text.toLowerCase()).not.toContain(K);
    expect(text.match(/^imsi,/gm)).toHaveLength(1);
    expect(troubles).toEqual([]);
  });
});

describe("the HSS", () => {
  it("treats unknown equipment as an administrator says", async () => {
    const { page, troubles } = await visit();
    await enter(page, "owner@wisp123.test", at("/settings"));
    await page.getByTestId("unknown-grey").check();
    await page.getByTestId("hss-unknown-save").click();
    await says(page.getByTestId("toast"), "saved");
    await follow(page, at("/equipment"));
    await says(page.getByTestId("unknown-equipment"), "watched");
    await follow(page, at("/settings"));
    await page.getByTestId("unknown-white").check();
    await page.getByTestId("hss-unknown-save").click();
    await follow(page, at("/equipment"));
    await says(page.getByTestId("unknown-equipment"), /^allowed$/);
    expect(troubles).toEqual([]);
  });

  it("shows who is connected, and who was refused why, as it happens", async () => {
    const host = `mme.epc-${freshImsi()}.wisp123.wisptools.local`;
    const { page, troubles } = await visit();
    await enter(page, "viewer@wisp123.test", at("/connections"));
    const row = page.getByTestId(`connection-${host}`);
    await connection(host, { state: "refused", reason: "its certificate was revoked" });
    await says(row, "its certificate was revoked");
    await says(row.getByTestId("connection-state"), "Refused");
    await connection(host);
    await says(row.getByTestId("connection-state"), "Connected");
    await says(row, "Protocol test site");
    expect(troubles).toEqual([]);
  });
});

describe("who may not", () => {
  it("change subscribers is offered no way to", async () => {
    const { page, troubles } = await visit();
    await enter(page, "viewer@wisp123.test", at());
    await page.getByTestId("subscriber-row-001010000000001").waitFor();
    expect(await page.getByRole("checkbox").count()).toBe(0);
    const absent = async (...testids: string[]) => {
      for (const testid of testids) expect(await page.getByTestId(testid).count(), testid).toBe(0);
    };
    await absent("subscriber-add", "subscribers-import");
    await follow(page, at("/001010000000001"));
    await page.getByTestId("effective-profile").waitFor();
    await absent("subscriber-suspend", "subscriber-actions", "tab-keys");
    await page.getByTestId("tab-settings").click();
    expect(await page.getByTestId("subscriber-label").isDisabled()).toBe(true);
    await absent("save-subscriber");
    await follow(page, at("/plans/gold"));
    expect(await page.getByTestId("plan-name").isDisabled()).toBe(true);
    await absent("editor-save", "editor-delete");
    await follow(page, at("/equipment"));
    await page.getByTestId("unknown-equipment").waitFor();
    await absent("equipment-add", "equipment-move", "equipment-remove");
    for (const path of ["/add", "/import"]) {
      await follow(page, at(path));
      await page.getByTestId("not-allowed").waitFor();
    }
    expect(troubles).toEqual([]);
  });

  it.each(["", "/001010000000001", "/activity", "/plans", "/equipment", "/connections"])(
    "enter the tenant sees nothing at %j",
    async (path) => {
      const { page, troubles } = await visit();
      await enter(page, "owner@lab.test", at(path));
      await page.getByTestId("not-a-member").waitFor();
      expect(await page.getByRole("main").innerText()).not.toMatch(/001010|Gold/);
      expect(troubles).toEqual([]);
    },
  );
});
