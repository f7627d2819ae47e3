// The UE's address as a PCEF tells it (3GPP TS 29.212 5.6.2, RFC 7155 4.4.10.5.1, RFC 3162 2.3).
import { addressText } from "../diameter/codec/address.ts";
import { type AvpReader, avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import { FramedIpAddress, FramedIpv6Prefix } from "../diameter/dictionary/base.ts";
import { RESULT } from "../diameter/dictionary/results.ts";

const IPV4_FAMILY = Buffer.from([0, 1]);
const IPV6_FAMILY = Buffer.from([0, 2]);

/**
 * IPv4 address, IPv6 prefix as `2001:db8::/64`, or both with a space between; empty if the UE has none yet (it may come by DHCP).
 * @throws DiameterError 5004 with the AVP that is no address as Failed-AVP.
 */
export function framedAddress(request: AvpReader): string {
  const ipv4 = request.get(FramedIpAddress);
  const prefix = request.get(FramedIpv6Prefix);
  const texts: string[] = [];
  if (ipv4) {
    const text = addressText(Buffer.concat([IPV4_FAMILY, ipv4]));
    if (text === undefined) throw invalid("Framed-IP-Address has not 4 octets", FramedIpAddress, ipv4);
    texts.push(text);
  }
  if (prefix) {
    const text = prefixText(prefix);
    if (text === undefined) throw invalid("Framed-IPv6-Prefix is no prefix", FramedIpv6Prefix, prefix);
    texts.push(text);
  }
  return texts.join(" ");
}

/** RFC 3162 2.3: a reserved octet, the length in bits, then as many octets of the prefix as are needed. */
function prefixText(bytes: Buffer): string | undefined {
  const bits = bytes[1] ?? 129;
  const prefix = bytes.subarray(2);
  if (bits > 128 || prefix.length > 16 || prefix.length * 8 < bits) return undefined;
  const whole = Buffer.alloc(16);
  prefix.copy(whole);
  return `${addressText(Buffer.concat([IPV6_FAMILY, whole]))}/${bits}`;
}

function invalid(message: string, definition: typeof FramedIpAddress, value: Buffer): DiameterError {
  return new DiameterError(RESULT.INVALID_AVP_VALUE, message, avp(definition, Buffer.from(value)));
}
