// What administrators do to people, keys and EPCs: each act asks where it should, shows its effect live, and is in the audit log.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { call, deviceCall } from "../../functions/src/testing/client.ts";
import { enrol, enter, follow, fresh, gone, PASSWORD, PATIENCE, says, url, useBrowser, WISP } from "./browser.ts";

const OWNER = "owner@wisp123.test";
const { visit } = useBrowser();

async function audited(page: Page, words: string, what: RegExp): Promise<void> {
  await follow(page, `/t/${WISP}/settings/audit?q=${encodeURIComponent(words)}`);
  await says(page.getByTestId("audit-row").filter({ hasText: what }), what);
}

describe("people", () => {
  it("are invited by a link shown once, join, change role and go", async () => {
    const email = `${fresh("guest")}@wisp123.test`;
    const { page, troubles } = await visit();
    await enter(page, OWNER, `/t/${WISP}/settings/members`);
    await page.getByTestId("member-invite").click();
    await page.getByTestId("invite-email").fill(email);
    await page.getByTestId("invite-role").selectOption("installer");
    await page.getByTestId("invite-submit").click();
    const link = await page.getByTestId("invite-link").innerText();
    await page.getByTestId("invite-done").click();
    await gone(page.getByTestId("invite-link"));
    await page.getByRole("row").filter({ hasText: email }).waitFor();
    expect(await page.content()).not.toContain(link.split("#")[1]);

    const guest = await visit();
    await guest.page.goto(link);
    await guest.page.getByTestId("sign-in-name").fill("Guest");
    await guest.page.getByTestId("sign-in-email").fill(email);
    await guest.page.getByTestId("sign-in-password").fill(PASSWORD);
    await guest.page.getByTestId("sign-in-submit").click();
    await guest.page.getByTestId("accept-invitation").click();
    await guest.page.waitForURL(`${url}/t/${WISP}/fleet`);
    await guest.page.getByTestId("nav-p").waitFor();

    const member = page.getByRole("row").filter({ hasText: email, has: page.getByTestId("member-role") });
    await member.getByTestId("member-role").selectOption("viewer");
    await expect.poll(() => member.getByTestId("member-role").inputValue(), { timeout: PATIENCE }).toBe("viewer");
    await says(page.getByTestId("toast").filter({ hasText: "viewer" }), "is viewer now");
    await member.getByTestId("member-remove").click();
    await says(page.getByTestId("confirm-dialog"), email);
    await page.getByTestId("confirm-yes").click();
    await gone(member);
    await guest.page.goto(`${url}/t/${WISP}/fleet`);
    await guest.page.getByTestId("not-a-member").waitFor();

    await audited(page, email, /invit/i);
    await audited(page, email, /remov/i);
    expect([...troubles, ...guest.troubles]).toEqual([]);
  });
});

describe("API keys", () => {
  it("work once made, and no more once revoked", async () => {
    const label = fresh("billing");
    const { page, troubles } = await visit();
    await enter(page, OWNER, `/t/${WISP}/settings/api-keys`);
    await page.getByTestId("key-create").click();
    await page.getByTestId("key-label").fill(label);
    await page.getByTestId("key-submit").click();
    const key = await page.getByTestId("key-value").innerText();
    await page.getByTestId("key-done").click();
    await gone(page.getByTestId("key-value"));
    const list = () => call(url, "GET", "/api/epc", undefined, { "X-API-Key": key });
    expect((await list()).status).toBe(200);
    const row = page.getByRole("row").filter({ hasText: label });
    await row.getByTestId("key-revoke").click();
    await says(page.getByTestId("confirm-dialog"), label);
    await page.getByTestId("confirm-yes").click();
    await says(row, "Revoked");
    await expect.poll(async () => (await list()).status, { timeout: 90_000, interval: 1_000 }).toBe(401);
    await audited(page, label, /key/i);
    expect(troubles).toEqual([]);
  });
});

describe("an EPC", () => {
  it("gets script version 2 from a change of settings, and the difference shows", async () => {
    const epc = await enrol(fresh("tuned"));
    const { page, troubles } = await visit();
    await enter(page, OWNER, `/t/${WISP}/fleet/${epc.epc_id}/settings`);
    await page.getByTestId("dns").fill("9.9.9.9");
    await says(page.getByTestId("makes-version"), "script version 2");
    await page.getByTestId("save-settings").click();
    await says(page.getByTestId("toast"), "Script version 2 is ready");
    await page.getByTestId("tab-deployment").click();
    await page.getByTestId("script-2").click();
    await says(page.getByTestId("script-diff"), "9.9.9.9");
    expect(await page.getByTestId("script-diff").locator(".added").count()).toBeGreaterThan(0);
    expect(await page.getByTestId("script-diff").locator(".removed").count()).toBeGreaterThan(0);
    await audited(page, epc.epc_id, /settings|updated|changed/i);
    expect(troubles).toEqual([]);
  });

  it("takes a command, and its output shows as it comes in", async () => {
    const epc = await enrol(fresh("asked"));
    const { page, troubles } = await visit();
    await enter(page, OWNER, `/t/${WISP}/fleet/${epc.epc_id}/commands`);
    await page.getByTestId("command-type").selectOption("collect_logs");
    await page.getByTestId("command-lines").fill("50");
    await page.getByTestId("command-send").click();
    await says(page.getByTestId("command-state"), "Waiting for the box");
    const report = await deviceCall(url, epc, "POST", "/api/metrics/submit", { uptime_seconds: 60 });
    const [command] = report.body.commands;
    expect(command.request).toMatchObject({ type: "collect_logs", lines: 50 });
    await says(page.getByTestId("command-state"), "Delivered");
    const result = {
      command_id: command.id,
      state: "succeeded",
      exit_code: 0,
      output: "mme: <b>S1 set up</b> with 10.20.0.11",
    };
    const sent = await deviceCall(url, epc, "POST", "/api/metrics/command-result", result);
    expect(sent.status, JSON.stringify(sent.body)).toBe(200);
    await says(page.getByTestId("command-state"), "Succeeded");
    await page.getByTestId("command-output").locator("summary").click();
    await says(page.getByTestId("command-output"), result.output);
    expect(troubles).toEqual([]);
  });

  it("loses its credentials, and is retired, only after its name was typed", async () => {
    const epc = await enrol(fresh("ended"));
    const report = () => deviceCall(url, epc, "POST", "/api/metrics/submit", { uptime_seconds: 60 });
    expect((await report()).status).toBe(200);
    const { page, troubles } = await visit();
    await enter(page, OWNER, `/t/${WISP}/fleet/${epc.epc_id}/credentials`);
    await page.getByTestId("revoke-credentials").click();
    await confirmByName(page, epc.site_name);
    await page.getByText("Revoked").first().waitFor();
    const refused = await report();
    expect([refused.status, refused.body.error.reason]).toEqual([401, "credential_revoked"]);
    await page.getByTestId("tab-settings").click();
    await page.getByTestId("retire-epc").click();
    await confirmByName(page, epc.site_name);
    await expect
      .poll(() => page.getByTestId("epc-state").getAttribute("data-state"), { timeout: PATIENCE })
      .toBe("retired");
    await audited(page, epc.epc_id, /revoke/i);
    await audited(page, epc.epc_id, /retire/i);
    expect(troubles).toEqual([]);
  });
});

/** The question names the EPC, and its button waits for the name. */
async function confirmByName(page: Page, name: string): Promise<void> {
  const dialog = page.getByTestId("confirm-dialog");
  await says(dialog, name);
  expect(await page.getByTestId("confirm-yes").isDisabled()).toBe(true);
  await page.getByTestId("confirm-typed").fill(name);
  await page.getByTestId("confirm-yes").click();
  await gone(dialog);
}
