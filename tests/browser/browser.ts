// What the browser tests share: one real Chromium for a file, people signed in on pages of it, and the API beside them.
import { mkdirSync } from "node:fs";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFailed } from "vitest";
import { type Credentials, call, type Reply, registration } from "../../functions/src/testing/client.ts";
import { signIn } from "../../scripts/dev/ready.ts";
import { findChromium } from "../../scripts/dev/requirements.ts";

export const env = process.env as Record<string, string>;
export const url = env.WISPTOOLS_URL ?? "";
export const PASSWORD = "wisptools-demo";
export const WISP = "tenant_wisp123";
export const LAB = "tenant_lab_test";
/** The emulators start functions cold, on a machine that does much else. */
export const PATIENCE = 60_000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: FLAGS });

let failures = 0;

export interface Visit {
  page: Page;
  /** Everything the browser complained about: exceptions, refused content, errors on the console. */
  troubles: string[];
}

export interface Look {
  width?: number;
  height?: number;
}

/** Browsers of a test file: `visit` gives a fresh person a page; all end with the file. */
export function useBrowser(): { visit(look?: Look): Promise<Visit> } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!url)
      throw new Error("browser tests run beside the stack: npm run with-stack -- npx vitest run --project browser");
    browser = await launch();
  });
  afterAll(() => browser?.close());
  const visit = async ({ width = 1280, height = 800 }: Look = {}): Promise<Visit> => {
    if (!browser) throw new Error("the browser is not there yet");
    const context = await browser.newContext({ viewport: { width, height } });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    onTestFailed(async ({ task }) => {
      await page.screenshot({ path: screenshotFile(`failed-${task.name.replace(/[^a-z0-9]+/gi, "-")}-${++failures}`) });
    });
    return { page, troubles: listen(page) };
  };
  return { visit };
}

function listen(page: Page): string[] {
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()} ${message.location().url}`);
  });
  return troubles;
}

/** Signs in through the form and ends at `path`. */
export async function enter(page: Page, email: string, path: string, password = PASSWORD): Promise<void> {
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByTestId("sign-in-email").fill(email);
  await page.getByTestId("sign-in-password").fill(password);
  await page.getByTestId("sign-in-submit").click();
  await page.waitForURL(`${url}${path}`);
}

/** Goes to a path as a click on a link does: without loading the page anew. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(`(() => {
    const link = Object.assign(document.createElement("a"), { href: ${JSON.stringify(path)} });
    document.body.append(link);
    link.click();
    link.remove();
  })()`);
  await page.waitForURL(`${url}${path}`);
}

/** Fails the test if the document was loaded again after this call. */
export async function forbidReload(page: Page): Promise<() => Promise<void>> {
  await page.evaluate("globalThis.sameDocument = true");
  return async () => expect(await page.evaluate("globalThis.sameDocument === true"), "never reloaded").toBe(true);
}

/** Waits until what the element says matches. */
export async function says(locator: Locator, what: RegExp | string): Promise<void> {
  const said = async () => ((await locator.count()) > 0 ? await locator.first().innerText() : "(not there)");
  await expect
    .poll(said, { timeout: PATIENCE, interval: 100 })
    .toEqual(typeof what === "string" ? expect.stringContaining(what) : expect.stringMatching(what));
}

export async function gone(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: "detached", timeout: PATIENCE });
}

/** The API as a person. */
export async function api(email: string, method: string, path: string, body?: unknown): Promise<Reply> {
  const token = await signIn(env, { email, password: PASSWORD });
  const reply = await call(url, method, path, body, { authorization: `Bearer ${token}` });
  expect(reply.status, `${method} ${path}: ${JSON.stringify(reply.body)}`).toBeLessThan(300);
  return reply;
}

/** A box that asks to join; the reply says whether it may. */
export const register = (fields: Record<string, unknown>): Promise<Reply> =>
  call(url, "POST", "/api/epc/auto-register", registration(fields));

/** An EPC of the demo tenant, enrolled by its token, and its credentials. */
export async function enrol(hostname: string): Promise<Credentials & { site_name: string }> {
  const reply = await register({
    tenant_id: WISP,
    enrollment_token: "wt_enroll_demo_wisp123",
    system_info: { manufacturer: "Test Works", product: "Box 1", hostname },
  });
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body;
}

/** A name that no other run has used. */
export const fresh = (name: string): string => `${name}-${Date.now().toString(36)}`;

/** Where a screenshot of this name goes. */
export function screenshotFile(name: string): string {
  const folder = `${process.env.WISPTOOLS_ARTEFACTS ?? "test-artefacts"}/screenshots`;
  mkdirSync(folder, { recursive: true });
  return `${folder}/${name}.png`;
}

/** What a CSS colour or custom property computes to on this page, in the browser's own notation. */
export const computedColour = (page: Page, colour: string): Promise<string> =>
  page.evaluate(`(() => {
    const probe = document.createElement("i");
    probe.style.color = ${JSON.stringify(colour)};
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  })()`);

/** These run in the page, whose types this project does not load. */
type InPage = { getComputedStyle(node: unknown): { color: string } };

export const colourOf = (locator: Locator): Promise<string> =>
  locator.evaluate((node) => (globalThis as unknown as InPage).getComputedStyle(node).color);
