import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Rgb = readonly [number, number, number];

/** OKLCH to linear sRGB (Björn Ottosson's matrices), clipped to the gamut as a screen would. */
function linear(l: number, c: number, h: number): Rgb {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const l3 = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m3 = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s3 = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (v: number) => Math.min(1, Math.max(0, v));
  return [
    clip(4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3),
    clip(-1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3),
    clip(-0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3),
  ];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");
const role = /--([a-z0-9-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);/g;
const colour = (text: string) => linear(...(text.split(" ").map(Number) as [number, number, number]));
const themes = { light: new Map<string, Rgb>(), dark: new Map<string, Rgb>() };
for (const [, name = "", light = "", dark = ""] of css.matchAll(role)) {
  themes.light.set(name, colour(light));
  themes.dark.set(name, colour(dark));
}

const grounds = ["surface", "raised", "sunken"];
const statuses = ["accent", "ok", "warn", "bad", "info"];
const pairs = [
  ...["text", "muted", ...statuses].flatMap((text) => grounds.map((ground) => [text, ground])),
  ...statuses.flatMap((status) => [
    [status, `${status}-soft`],
    ["text", `${status}-soft`],
    ["muted", `${status}-soft`],
  ]),
  ["on-accent", "accent"],
  ["on-bad", "bad"],
] as [string, string][];

describe.each(Object.entries(themes))("%s theme", (_, theme) => {
  it.each(pairs)("%s on %s is at least 4.5:1", (text, ground) => {
    const [front, back] = [theme.get(text), theme.get(ground)];
    if (!front || !back) throw new Error(`tokens.css has no --${front ? ground : text}`);
    expect(contrast(front, back)).toBeGreaterThanOrEqual(4.5);
  });
});
