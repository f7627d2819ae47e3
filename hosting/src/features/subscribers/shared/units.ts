import type { BitRates } from "@wisptools/core/domain/subscription/qos";
import { ApiError } from "../../../data/apiError.ts";

const FACTORS: Record<string, number> = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

function parse(text: string, unit: RegExp, plain: number): number {
  const [, figure = "", prefix, letter] =
    new RegExp(`^([\\d\\s\\u202f]+(?:[.,]\\d+)?)\\s*(?:([kmgt]?)(${unit.source})?)?$`, "i").exec(text.trim()) ?? [];
  const value = Number(figure.replace(/[\s\u202f]/g, "").replace(",", "."));
  if (figure === "" || !Number.isFinite(value)) return Number.NaN;
  const factor = !prefix && !letter ? plain : (FACTORS[(prefix ?? "").toLowerCase()] ?? Number.NaN);
  return Math.round(value * factor);
}

/** Bit/s of what a person wrote: "50", "50 Mbit/s", "512k", "1.5 G". A bare number is Mbit/s. NaN when it is none. */
export function parseRate(text: string): number {
  return parse(text, /bit\/s|bps|b\/s/, 1e6);
}

/** Octets of "50", "50 GB", "800 MB". A bare number is GB. NaN when it is none. */
export function parseOctets(text: string): number {
  return parse(text, /b|bytes?/, 1e9);
}

function written(value: number, unit: string): string {
  const [prefix, factor] = value >= 1e9 ? ["G", 1e9] : value >= 1e6 ? ["M", 1e6] : value >= 1e3 ? ["k", 1e3] : ["", 1];
  return `${Number((value / Number(factor)).toFixed(9))} ${prefix}${unit}`;
}

/** For an input: exact, so that what is read back is what was stored. */
export const rateText = (bitsPerSecond: number): string => written(bitsPerSecond, "bit/s");
export const octetsText = (octets: number): string => written(octets, "B");

export interface RatesText {
  uplink: string;
  downlink: string;
}

export const ratesText = (rates: BitRates | undefined): RatesText => ({
  uplink: rates ? rateText(rates.uplink) : "",
  downlink: rates ? rateText(rates.downlink) : "",
});

function fault(field: string, message: string): ApiError {
  return new ApiError("invalid-argument", "Please correct the marked fields.", { issues: [{ field, message }] });
}

/** Both directions; throws ApiError at `field` for what is no rate. */
export function readRates(field: string, text: RatesText): BitRates {
  const read = (direction: "uplink" | "downlink") => {
    const value = parseRate(text[direction]);
    if (Number.isNaN(value)) throw fault(`${field}.${direction}`, "Enter a rate, such as 50 Mbit/s or 512 kbit/s.");
    return value;
  };
  return { downlink: read("downlink"), uplink: read("uplink") };
}

export function readOctets(field: string, text: string): number {
  const value = parseOctets(text);
  if (Number.isNaN(value)) throw fault(field, "Enter a volume, such as 50 GB or 800 MB.");
  return value;
}
