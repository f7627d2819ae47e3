// How soon a person sees what the database knows: from a write to the changed text on the page, beside the least that the
// platform allows (a bare page with a Firestore listener that writes textContent), and how a fleet of 1,000 EPCs feels.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Epc, EpcId, paths, TenantId } from "@wisptools/core";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { startWorld, type World } from "../functions/src/testing/world.ts";
import { findChromium } from "../scripts/dev/requirements.ts";

export const emulators = ["auth", "firestore", "functions", "hosting", "storage"];

const WISP = TenantId.parse("tenant_wisp123");
const EPC = EpcId.parse("epc_00000000000000a1");
const WARM_UP = 5;
const SAMPLES = 100;
const FLEET = 1000;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-sync",
];

const percentile = (values: number[], p: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * p)] ?? 0;
const round1 = (value: number) => Math.round(value * 10) / 10;

/** A page that follows one document and writes one field: nothing can be quicker with this database and browser. */
async function barePage(
  browser: Browser,
  env: Record<string, string>,
  path: string,
): Promise<{ page: Page; close(): void }> {
  const [host = "", port = ""] = (env.FIRESTORE_EMULATOR_HOST ?? "").split(":");
  const program = `
    import { initializeApp } from "firebase/app";
    import { getAuth, connectAuthEmulator, signInWithEmailAndPassword } from "firebase/auth";
    import { connectFirestoreEmulator, doc, getFirestore, onSnapshot } from "firebase/firestore";
    const app = initializeApp({ projectId: "demo-wisptools", apiKey: "demo" });
    const auth = getAuth(app);
    connectAuthEmulator(auth, "http://${env.FIREBASE_AUTH_EMULATOR_HOST}", { disableWarnings: true });
    const db = getFirestore(app);
    connectFirestoreEmulator(db, "${host}", ${port});
    await signInWithEmailAndPassword(auth, "owner@wisp123.test", "wisptools-demo");
    onSnapshot(doc(db, "${path}"), (found) => { document.querySelector("#figure").textContent = found.get("latest.sessions"); });`;
  const built = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    format: "esm",
    write: false,
  });
  const server = createServer((request, response) => {
    const script = request.url === "/program.js";
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    response.end(
      script ? built.outputFiles[0]?.text : `<p id="figure"></p><script type="module" src="/program.js"></script>`,
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { page, close: () => server.close() };
}

async function signedIn(browser: Browser, url: string, path: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByTestId("sign-in-email").fill("owner@wisp123.test");
  await page.getByTestId("sign-in-password").fill("wisptools-demo");
  await page.getByTestId("sign-in-submit").click();
  return page;
}

/** Notes in the page when the text of `selector` first becomes each value. Both clocks are this machine's. */
async function watch(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector, { state: "attached" });
  await page.evaluate(`(() => {
    globalThis.seen = {};
    const note = () => {
      const text = document.querySelector(${JSON.stringify(selector)})?.textContent?.trim().replace(/[^0-9]/g, "");
      if (text && !(text in seen)) seen[text] = performance.timeOrigin + performance.now();
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
    note();
  })()`);
}

/** Waits within the page: Playwright's own way evaluates text there, which the page's policy forbids. */
const becomes = async (page: Page, expression: string): Promise<number> =>
  Number(
    await page.evaluate(`new Promise((done, fail) => {
      const end = Date.now() + 20_000;
      const look = () => {
        const value = ${expression};
        if (value) done(value);
        else if (Date.now() > end) fail(new Error("waited in vain"));
        else setTimeout(look, 20);
      };
      look();
    })`),
  );

/** Writes a new number of sessions, again and again, and measures until the page has it. */
async function latencies(world: World, page: Page, first: number): Promise<number[]> {
  const results: number[] = [];
  const path = paths.epc(WISP, EPC);
  for (let n = 0; n < WARM_UP + SAMPLES; n++) {
    const sessions = first + n;
    const written = performance.timeOrigin + performance.now();
    const at = Date.now();
    const live = {
      state: "online",
      latest: { at, sessions },
      lastSeenAt: new Date(at),
      offlineAt: new Date(at + 600_000),
    };
    await world.deps.store.write().patch(path, live).commit();
    const seen = await becomes(page, `globalThis.seen["${sessions}"]`);
    if (n >= WARM_UP) results.push(seen - written);
  }
  return results;
}

/** One page at a time, as a person has it; several would wait for each other. */
async function measure(world: World, page: Page, selector: string, first: number): Promise<number[]> {
  await watch(page, selector);
  const results = await latencies(world, page, first);
  await page.close();
  return results;
}

async function makeFleet(world: World): Promise<void> {
  const model = (await world.deps.store.epcs.need("EPC", WISP, EPC)).data;
  for (let start = 0; start < FLEET; start += 100) {
    const write = world.deps.store.write();
    for (let n = start; n < start + 100; n++) {
      const id = EpcId.parse(`epc_bec${n.toString(16).padStart(13, "0")}`);
      write.merge(paths.epc(WISP, id), {
        ...model,
        id,
        siteName: `Bench ${String(n).padStart(4, "0")}`,
        tac: 1000 + n,
      } as Epc);
    }
    await write.commit();
  }
}

/** Time to the first rows of a big fleet, and how long frames take while it scrolls from end to end. */
async function bigFleet(page: Page): Promise<{ firstRows: number; frames: number[]; rows: number }> {
  await page.goto(page.url());
  await page.waitForSelector('[data-testid^="fleet-row-"]');
  const firstRows = Number(await page.evaluate("performance.now()"));
  await becomes(page, `Number(document.querySelector("table")?.getAttribute("aria-rowcount")) > ${FLEET}`);
  const frames = (await page.evaluate(`new Promise((done) => {
    const pane = document.querySelector("table").parentElement;
    const times = [];
    let last = performance.now();
    const step = (now) => {
      times.push(now - last);
      last = now;
      pane.scrollTop += 200;
      if (pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 1) done(times.slice(1));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`)) as number[];
  const rows = await page.locator('[data-testid^="fleet-row-"]').count();
  return { firstRows, frames, rows };
}

export async function run(env: Record<string, string>): Promise<Record<string, number>> {
  const world = await startWorld();
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  try {
    const url = env.WISPTOOLS_URL ?? "";
    const bare = await barePage(browser, env, paths.epc(WISP, EPC));
    const least = await measure(world, bare.page, "#figure", 100);
    bare.close();
    const list = await signedIn(browser, url, `/t/${WISP}/fleet`);
    const row = await measure(world, list, `[data-testid="fleet-row-${EPC}"] [data-testid="cell-sessions"]`, 300);
    const detail = await signedIn(browser, url, `/t/${WISP}/fleet/${EPC}`);
    const summary = await measure(world, detail, '[data-testid="summary-sessions"]', 500);
    const fleet = await signedIn(browser, url, `/t/${WISP}/fleet`);
    await fleet.getByTestId("fleet-totals").waitFor();
    await makeFleet(world);
    const big = await bigFleet(fleet);
    return {
      fleet_row_p50_ms: round1(percentile(row, 0.5)),
      fleet_row_p95_ms: round1(percentile(row, 0.95)),
      epc_page_p50_ms: round1(percentile(summary, 0.5)),
      epc_page_p95_ms: round1(percentile(summary, 0.95)),
      bare_listener_p50_ms: round1(percentile(least, 0.5)),
      bare_listener_p95_ms: round1(percentile(least, 0.95)),
      ratio: round1(percentile(row, 0.5) / percentile(least, 0.5)),
      fleet_1000_first_rows_ms: Math.round(big.firstRows),
      fleet_1000_rows_in_dom: big.rows,
      fleet_1000_frame_p50_ms: round1(percentile(big.frames, 0.5)),
      fleet_1000_frame_p95_ms: round1(percentile(big.frames, 0.95)),
    };
  } finally {
    await browser.close();
    await world.close();
  }
}
