import { AppError } from "../../errors.ts";
import { isPublicAddress } from "./address.ts";

export const WEBHOOK_URL_LENGTH = 1000;

/** Names that never lead to the public internet (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what clouds use inside). */
const INSIDE = ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion", "alt", "test", "invalid"];

/**
 * Checks where events may be sent: https to a public host, at port 443 or one that no system service has. Spellings of an IP address
 * (octal, hex, one number) are what the URL standard makes of them. `local`: http and this machine are allowed too, in the emulators.
 * Returns the URL in its normal form; throws `invalid-argument` for the field `url`.
 */
export function checkWebhookUrl(text: string, local = false): string {
  const url = parse(text);
  if (url.username !== "" || url.password !== "") refuse("must not hold a user name or password");
  if (url.hash !== "") refuse("must not have a fragment (#)");
  if (local && ["http:", "https:"].includes(url.protocol)) return url.href;
  if (url.protocol !== "https:") refuse("must begin with https://");
  const port = url.port === "" ? 443 : Number(url.port);
  if (port !== 443 && port < 1024) refuse("must use port 443, or one from 1024");
  if (isAddress(url.hostname)) {
    if (!isPublicAddress(hostAddress(url.hostname))) refuse("must not lead to a private or special address");
  } else checkName(url.hostname.replace(/\.$/, ""));
  return url.href;
}

function parse(text: string): URL {
  if (text.length > WEBHOOK_URL_LENGTH) refuse(`must be at most ${WEBHOOK_URL_LENGTH} characters`);
  try {
    return new URL(text);
  } catch {
    return refuse("must be an address like https://example.com/events");
  }
}

function checkName(name: string): void {
  const inside = INSIDE.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  if (inside || !name.includes(".")) refuse("must lead to a host on the public internet");
}

/** A URL's host name without the brackets of IPv6. */
export function hostAddress(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The URL standard gives no name that ends in a number. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
}

function refuse(why: string): never {
  throw new AppError("invalid-argument", `url: ${why}`, { field: "url" });
}
