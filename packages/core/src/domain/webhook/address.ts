// What an address on the internet is, by the special-purpose registries of RFC 6890 as IANA keeps them. Everything else that a
// name can resolve to is somebody's inside: ours, above all.

/** Blocks of IPv4 that are not for the public, whatever the registry says of forwarding. */
const IPV4_BLOCKS = [
  "0.0.0.0/8", // this network, RFC 791
  "10.0.0.0/8", // private, RFC 1918
  "100.64.0.0/10", // shared by carriers, RFC 6598
  "127.0.0.0/8", // loopback, RFC 1122
  "168.63.129.16/32", // a cloud's host service that looks public
  "169.254.0.0/16", // link-local, RFC 3927: metadata services
  "172.16.0.0/12", // private, RFC 1918
  "192.0.0.0/24", // protocol assignments, RFC 6890
  "192.0.2.0/24", // documentation, RFC 5737
  "192.31.196.0/24", // AS112, RFC 7535
  "192.52.193.0/24", // AMT, RFC 7450
  "192.88.99.0/24", // 6to4 relays, RFC 7526
  "192.168.0.0/16", // private, RFC 1918
  "192.175.48.0/24", // AS112, RFC 7534
  "198.18.0.0/15", // benchmarks, RFC 2544
  "198.51.100.0/24", // documentation, RFC 5737
  "203.0.113.0/24", // documentation, RFC 5737
  "224.0.0.0/4", // multicast, RFC 1112
  "240.0.0.0/4", // reserved and broadcast, RFC 1112, RFC 919
].map(ipv4Block);

/** Global unicast is 2000::/3 (RFC 4291 2.4); these parts of it are not for the public. All else is refused: loopback, mapped IPv4,
 * NAT64, unique local, link-local, multicast. */
const IPV6_BLOCKS = [
  "2001::/23", // protocol assignments, RFC 2928: Teredo, ORCHID, benchmarks
  "2001:db8::/32", // documentation, RFC 3849
  "2002::/16", // 6to4, RFC 3056: an IPv4 address inside
  "2620:4f:8000::/48", // AS112, RFC 7534
  "3fff::/20", // documentation, RFC 9637
].map(ipv6Block);
const GLOBAL_UNICAST = ipv6Block("2000::/3");

interface Block<T> {
  first: T;
  bits: number;
}

/** Whether an IP address, as a resolver gives it, belongs to the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const four = parseIpv4(address);
  if (four !== undefined) return !IPV4_BLOCKS.some((block) => isWithin(BigInt(four), block, 32));
  const six = parseIpv6(address);
  if (six === undefined || !isWithin(six, GLOBAL_UNICAST, 128)) return false;
  return !IPV6_BLOCKS.some((block) => isWithin(six, block, 128));
}

/** Whether an address is this machine: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const four = parseIpv4(address);
  return four === undefined ? parseIpv6(address) === 1n : four >>> 24 === 127;
}

function isWithin(address: bigint, { first, bits }: Block<bigint>, width: number): boolean {
  const shift = BigInt(width - bits);
  return address >> shift === first >> shift;
}

function ipv4Block(text: string): Block<bigint> {
  const [first = "", bits] = text.split("/");
  const parsed = parseIpv4(first);
  if (parsed === undefined) throw new Error(`${text} is no block of IPv4`);
  return { first: BigInt(parsed), bits: Number(bits) };
}

function ipv6Block(text: string): Block<bigint> {
  const [first = "", bits] = text.split("/");
  const parsed = parseIpv6(first);
  if (parsed === undefined) throw new Error(`${text} is no block of IPv6`);
  return { first: parsed, bits: Number(bits) };
}

/** Four decimal numbers, nothing else: other spellings (octal, hex, one number) are no address here. */
function parseIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** RFC 4291 2.2, without a zone. */
function parseIpv6(text: string): bigint | undefined {
  const halves = withoutDots(text)?.split("::");
  if (!halves || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** An IPv4 address at the end as two groups. */
function withoutDots(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const at = text.lastIndexOf(":") + 1;
  const four = parseIpv4(text.slice(at));
  if (at === 0 || four === undefined) return undefined;
  return `${text.slice(0, at)}${(four >>> 16).toString(16)}:${(four & 0xffff).toString(16)}`;
}
