// The Address format: two octets of address family, then the address (RFC 6733 4.3.1).
import { isIPv4, isIPv6 } from "node:net";

const IPV4 = 1;
const IPV6 = 2;
const E164 = 8;

/** @returns the address as text (E.164: its digits), or undefined if the octets are none. */
export function addressText(bytes: Buffer): string | undefined {
  if (bytes.length < 2) return undefined;
  const family = bytes.readUInt16BE(0);
  if (family === IPV4 && bytes.length === 6) return `${bytes[2]}.${bytes[3]}.${bytes[4]}.${bytes[5]}`;
  if (family === IPV6 && bytes.length === 18) return ipv6Text(bytes.subarray(2));
  if (family === E164 && bytes.length > 2) return bytes.toString("latin1", 2);
  return undefined;
}

/** @throws RangeError if `text` is neither an IPv4 nor an IPv6 address. */
export function addressBytes(text: string): Buffer {
  const address = text.startsWith("::ffff:") && isIPv4(text.slice(7)) ? text.slice(7) : text.replace(/%.*$/, "");
  if (isIPv4(address)) return Buffer.from([0, IPV4, ...address.split(".").map(Number)]);
  if (isIPv6(address)) return Buffer.concat([Buffer.from([0, IPV6]), ipv6Bytes(address)]);
  throw new RangeError(`not an IP address: ${text}`);
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups as `::`. */
function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(2 * n).toString(16));
  const runs = [...groups.join(":").matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  const text = groups.join(":");
  if (!longest) return text;
  const before = text.slice(0, longest.index).replace(/:$/, "");
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}

function ipv6Bytes(address: string): Buffer {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = dotted ? address.slice(0, dotted.index) + dottedGroups(dotted.slice(1).map(Number)) : address;
  const [head = "", tail] = hex.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const bytes = Buffer.alloc(16);
  for (const [n, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * n);
  return bytes;
}

function dottedGroups([a = 0, b = 0, c = 0, d = 0]: number[]): string {
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
