/** The first address of an IPv4 network with its prefix length, e.g. 10.45.0.0/16 -> 10.45.0.1/16: the core's own on its tunnel. */
export function gatewayOf(cidr: string): string {
  const [address = "", length = "32"] = cidr.split("/");
  const mask = length === "0" ? 0 : (0xffffffff << (32 - Number(length))) >>> 0;
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = ((number & mask) >>> 0) + 1;
  return `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${length}`;
}
