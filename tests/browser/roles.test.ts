// What you may not do is not offered, what is not yours is not shown, and a waiting box is decided by who may.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { enrol, enter, follow, fresh, gone, LAB, register, says, useBrowser, WISP } from "./browser.ts";

const { visit } = useBrowser();
const FIRST_EPC = "epc_00000000000000a1";

async function absent(page: Page, ...testids: string[]): Promise<void> {
  for (const testid of testids) expect(await page.getByTestId(testid).count(), testid).toBe(0);
}

describe("a viewer", () => {
  it("reads the fleet and an EPC, and is offered no act", async () => {
    const { site_name } = await enrol(fresh("viewed"));
    const { page, troubles } = await visit();
    await enter(page, "viewer@wisp123.test", `/t/${WISP}/fleet?q=${site_name}`);
    await page.getByRole("link", { name: site_name }).waitFor();
    await absent(page, "nav-p", "pending-count");
    expect(await page.getByText("Add a box").count()).toBe(0);
    expect(await page.getByRole("checkbox").count()).toBe(0);
    await page.getByRole("link", { name: site_name }).click();
    await page.getByTestId("components").waitFor();
    await page.getByTestId("tab-deployment").click();
    await page.getByTestId("scripts").waitFor();
    await absent(page, "redeploy");
    await page.getByTestId("tab-commands").click();
    await page.getByText("No commands yet").waitFor();
    await absent(page, "command-form");
    await page.getByTestId("tab-credentials").click();
    await page.getByTestId("credentials-issued").waitFor();
    await absent(page, "rotate-credentials", "revoke-credentials");
    await page.getByTestId("tab-settings").click();
    expect(await page.getByTestId("site-name").isDisabled()).toBe(true);
    await absent(page, "save-settings", "retire-epc");
    expect(troubles).toEqual([]);
  });

  it("has no administration: neither links nor pages", async () => {
    const { page, troubles } = await visit();
    await enter(page, "viewer@wisp123.test", `/t/${WISP}/settings/members`);
    await page.getByText("owner@wisp123.test").waitFor();
    await absent(page, "settings-tokens", "settings-api-keys", "settings-audit", "member-invite", "member-remove");
    expect(await page.getByRole("combobox").count()).toBe(0);
    await page.getByTestId("settings-tenant").click();
    expect(await page.getByTestId("settings-name").isDisabled()).toBe(true);
    for (const path of ["settings/tokens", "settings/api-keys", "settings/audit", "pending"]) {
      await follow(page, `/t/${WISP}/${path}`);
      await page.getByTestId("not-allowed").waitFor();
      await absent(page, "token-create", "key-create", "audit-filter");
    }
    expect(troubles).toEqual([]);
  });
});

describe("somebody who is member of nothing", () => {
  it("is told how to get in, and sees no tenant", async () => {
    const { page, troubles } = await visit();
    await enter(page, "nobody@nowhere.test", "/");
    await says(page.getByTestId("no-tenants"), "invitation to nobody@nowhere.test");
    await follow(page, `/t/${WISP}/fleet`);
    await page.getByTestId("not-a-member").waitFor();
    expect(troubles).toEqual([]);
  });
});

describe("another tenant's owner", () => {
  it.each([
    "fleet",
    `fleet/${FIRST_EPC}`,
    `fleet/${FIRST_EPC}/credentials`,
    "pending",
    "settings/tenant",
    "settings/audit",
  ])("cannot open %s", async (path) => {
    const { page, troubles } = await visit();
    await enter(page, "owner@lab.test", `/t/${WISP}/${path}`);
    await page.getByTestId("not-a-member").waitFor();
    expect(await page.getByRole("main").innerText()).not.toMatch(/Protocol test site|Wisp 123/);
    expect(troubles).toEqual([]);
  });
});

describe("a box of a tenant that approves each", () => {
  async function ask(hostname: string) {
    const box = { tenant_id: LAB, hardware_id: crypto.randomUUID(), system_info: { hostname } };
    const { status, body } = await register(box);
    expect(status, JSON.stringify(body)).toBe(202);
    const { claim_id, claim_secret, confirmation_code } = body;
    return { claimId: claim_id, code: confirmation_code, poll: () => register({ ...box, claim_id, claim_secret }) };
  }

  it("shows up by itself, is approved by its code, and becomes an EPC", async () => {
    const hostname = fresh("patient");
    const { page, troubles } = await visit();
    await enter(page, "owner@lab.test", `/t/${LAB}/pending`);
    await page.getByRole("heading", { name: "Pending boxes" }).waitFor();
    const box = await ask(hostname);
    const card = page.getByTestId(box.claimId);
    await says(card.getByTestId("claim-code"), box.code);
    await page.getByTestId("pending-count").waitFor();
    await card.getByTestId("claim-approve").click();
    await says(page.getByTestId("approve-code"), box.code);
    await page.getByTestId("claim-site").fill(`${hostname} site`);
    await page.getByTestId("claim-approve-yes").click();
    await gone(card);
    const { status, body } = await box.poll();
    expect([status, body.site_name]).toEqual([201, `${hostname} site`]);
    await follow(page, `/t/${LAB}/fleet`);
    await page.getByTestId(`fleet-row-${body.epc_id}`).waitFor();
    expect(troubles).toEqual([]);
  });

  it("is refused when it is rejected", async () => {
    const box = await ask(fresh("unwanted"));
    const { page, troubles } = await visit();
    await enter(page, "owner@lab.test", `/t/${LAB}/pending`);
    await page.getByTestId(box.claimId).getByTestId("claim-reject").click();
    await says(page.getByTestId("confirm-dialog"), box.code);
    await page.getByTestId("confirm-yes").click();
    await gone(page.getByTestId(box.claimId));
    expect((await box.poll()).status).toBe(403);
    expect(troubles).toEqual([]);
  });
});
