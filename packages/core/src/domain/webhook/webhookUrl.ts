import { AppError } from "../../errors.ts";
import { isPublicAddress } from "./address.ts";

export const WEBHOOK_URL_LENGTH = 1000;

/** Names that never lead to the public internet (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what clouds use inside). */
const INSIDE = ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion", "alt", "test", "invalid"];

/** The URL in its normal form. Throws `invalid-argument` for the field `url`, as webhookUrlFault says. */
export function checkWebhookUrl(text: string, local = false): string {
  const fault = webhookUrlFault(text, local);
  if (fault !== undefined) throw new AppError("invalid-argument", `url: ${fault}`, { field: "url" });
  return new URL(text).href;
}

/**
 * What is wrong with an address that events shall be sent to: it must be https to a public host, at port 443 or one that no system service
 * has. Spellings of an IP address (octal, hex, one number) are what the URL standard makes of them. `local`: http and this machine are
 * allowed too, as in the emulators.
 */
export function webhookUrlFault(text: string, local = false): string | undefined {
  if (text.length > WEBHOOK_URL_LENGTH) return `must be at most ${WEBHOOK_URL_LENGTH} characters`;
  if (!URL.canParse(text)) return "must be an address like https://example.com/events";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (url.hash !== "") return "must not have a fragment (#)";
  if (local && url.protocol === "http:") return undefined;
  if (url.protocol !== "https:") return "must begin with https://";
  return local ? undefined : (portFault(url) ?? hostFault(url.hostname));
}

function portFault({ port }: URL): string | undefined {
  return port !== "" && Number(port) < 1024 ? "must use port 443, or one from 1024" : undefined;
}

function hostFault(hostname: string): string | undefined {
  if (isAddress(hostname)) {
    return isPublicAddress(hostAddress(hostname)) ? undefined : "must not lead to a private or special address";
  }
  const name = hostname.replace(/\.$/, "");
  const inside = INSIDE.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  return inside || !name.includes(".") ? "must lead to a host on the public internet" : undefined;
}

/** A URL's host name without the brackets of IPv6. */
export function hostAddress(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The URL standard gives no name that ends in a number. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
}
