// An administrator sets up a webhook and watches what it is sent: the receiver is real, and hears what the page says.
import { eventTypesOf } from "@wisptools/core";
import { beforeEach, expect, it } from "vitest";
import { signedBy, WebhookReceiver } from "../../functions/src/testing/webhookReceiver.ts";
import { enter, forbidReload, fresh, gone, PATIENCE, says, screenshotFile, useBrowser, WISP } from "./browser.ts";

const { visit } = useBrowser();
const settings = `/t/${WISP}/settings/webhooks`;
let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  return () => receiver.close();
});

it("is made with a secret shown once, tested, watched, switched off by its receiver, replayed, deleted", async () => {
  const label = fresh("tickets");
  const { page, troubles } = await visit();
  const shot = (name: string) => page.screenshot({ path: screenshotFile(`webhooks-${name}`) });
  await enter(page, "owner@wisp123.test", settings);
  await page.getByTestId("webhook-create").click();
  await page.getByTestId("webhook-label").fill(label);
  await page.getByTestId("webhook-url").fill("https://user:word@hooks.example.com/");
  await page.getByTestId("webhook-submit").click();
  await says(page.getByTestId("webhook-form"), "must not hold a user name or password");
  await shot("fault");
  await page.getByTestId("webhook-url").fill(receiver.url);
  // What no other test brings about.
  for (const type of ["epc_offline", "epc_online"]) await page.getByTestId(`event-${type}`).uncheck();
  await page.getByTestId("events-remsim").locator("summary").click();
  await page.getByTestId("event-all-remsim").check();
  for (const type of eventTypesOf("remsim").slice(2)) await page.getByTestId(`event-${type}`).uncheck();
  await shot("form");
  await page.getByTestId("webhook-submit").click();
  const secret = await page.getByTestId("webhook-secret").innerText();
  expect(secret).toMatch(/^whsec_/);
  await shot("secret");
  await page.getByTestId("webhook-done").click();
  await gone(page.getByTestId("webhook-secret"));
  expect(await page.content()).not.toContain(secret);

  const row = page.getByRole("row").filter({ hasText: label });
  await says(row, "Nothing sent yet");
  await says(row, "2 events");
  await row.getByRole("link").click();
  const stays = await forbidReload(page);
  await page.getByTestId("deliveries-empty").waitFor();
  await page.getByTestId("webhook-test").click();
  const state = page.getByTestId("delivery-state").first();
  await says(state, "Delivered");
  await says(page.getByTestId("webhook-health"), "Delivering");
  const [ping] = receiver.received;
  expect(ping?.body).toMatchObject({ type: "ping", tenant_id: WISP });
  expect(ping && signedBy(secret, ping)).toEqual([true]);
  await page.getByTestId("delivery-details").locator("summary").click();
  await says(page.getByTestId("delivery-payload"), ping?.id ?? "");
  await shot("delivered");

  await page.getByTestId("webhook-rotate").click();
  await page.getByTestId("webhook-rotate-submit").click();
  const next = await page.getByTestId("webhook-new-secret").innerText();
  await page.getByTestId("webhook-rotate-done").click();
  await says(page.getByTestId("webhook-facts"), "signs too");
  receiver.status = 410;
  await page.getByTestId("webhook-test").click();
  await says(page.getByRole("alert"), "its receiver answered 410 Gone");
  await says(state, "Given up");
  await shot("stopped");
  const refused = receiver.received.at(-1);
  expect(refused && [signedBy(next, refused), signedBy(secret, refused)]).toEqual([
    [true, false],
    [false, true],
  ]);
  await page.getByTestId("delivery-filter").selectOption("failed");
  await expect.poll(() => page.getByTestId("delivery-state").count(), { timeout: PATIENCE }).toBe(1);
  await gone(page.getByTestId("webhook-test"));

  receiver.status = 204;
  await page.getByTestId("webhook-toggle").click();
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("replay-failed").click();
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("deliveries-empty").waitFor();
  await page.getByTestId("delivery-filter").selectOption("");
  await says(state, "Delivered");
  expect(receiver.received.at(-1)?.id).toBe(refused?.id);
  await page.getByTestId("delivery-replay").first().click();
  await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(4);
  await says(state, "Delivered");
  await shot("replayed");
  await page.setViewportSize({ width: 360, height: 740 });
  await shot("phone");
  await page.setViewportSize({ width: 1280, height: 800 });
  await stays();

  await page.getByTestId("webhook-delete").click();
  await says(page.getByTestId("confirm-dialog"), label);
  await page.getByTestId("confirm-yes").click();
  await page.getByTestId("webhook-create").waitFor();
  await gone(row);
  expect(troubles).toEqual([]);
}, 300_000);

it("is none of an engineer's business", async () => {
  const { page, troubles } = await visit();
  await enter(page, "engineer@wisp123.test", `/t/${WISP}/settings/members`);
  expect(await page.getByTestId("settings-webhooks").count()).toBe(0);
  await page.goto(`${page.url().split("/t/")[0]}${settings}`);
  await page.getByTestId("not-allowed").waitFor();
  expect(troubles).toEqual([]);
});
