// One look at a screen, in light and dark, wide and on a phone: accessible, and within its width.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { follow, screenshotFile } from "./browser.ts";
import type { Screen } from "./screens.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
/** What a hostile box calls itself: markup everywhere, and long. Whoever ran it left a trace. */
export const HOSTILE = `<img src=x onerror="globalThis.hacked=1"> tower`;

type Violation = { id: string; impact: string; nodes: { target: string[]; html: string }[] };

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`globalThis.axe === undefined && (0, (() => { ${AXE} }))()`);
  const found = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as Violation[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(" ")} ${html.slice(0, 120)}`));
}

/** Looks at one screen in its four dresses and says what is wrong with it. */
export async function inspect(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of [WIDE, PHONE]) {
      await page.setViewportSize(size);
      const dress = `${name}-${colorScheme}-${size.width}`;
      // Colours and sizes change over at most 120 ms.
      await page.waitForTimeout(200);
      await page.screenshot({ path: screenshotFile(dress) });
      const wide = await page.evaluate(
        "Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('main')].map((one) => one.scrollWidth))",
      );
      if (Number(wide) > size.width) wrong.push(`${dress}: ${wide} px wide`);
      for (const one of await violations(page)) wrong.push(`${dress}: ${one}`);
    }
  }
  await page.setViewportSize(WIDE);
  return wrong;
}

/** Looks at each screen, and that nothing a device said of itself was run. */
export async function tour(page: Page, screens: Screen[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, path, shows } of screens) {
    await follow(page, path);
    await page
      .getByTestId(shows)
      .first()
      .waitFor()
      .catch((error) => wrong.push(`${name}: ${error.message}`));
    wrong.push(...(await inspect(page, name)));
  }
  expect(await page.evaluate("globalThis.hacked")).toBe(undefined);
  return wrong;
}
