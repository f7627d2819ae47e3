// Capabilities exchange (RFC 6733 5.3).
import { type Avp, avp } from "../codec/avpDefinition.ts";
import type { Message } from "../codec/message.ts";
import {
  AuthApplicationId,
  FirmwareRevision,
  HostIpAddress,
  InbandSecurityId,
  OriginHost,
  OriginRealm,
  OriginStateId,
  ProductName,
  SupportedVendorId,
  VendorId,
  VendorSpecificApplicationId,
} from "../dictionary/base.ts";
import { APPLICATION } from "../dictionary/commands.ts";
import { THREEGPP } from "../dictionary/define.ts";

/** Inband-Security-Id (RFC 6733 6.10): TLS after CER, which we never do: it is there before, or not at all. */
const NO_INBAND_SECURITY = 0;

export interface Capabilities {
  readonly originHost: string;
  readonly originRealm: string;
  readonly productName: string;
  /** Auth-Application-Ids, whether alone or in Vendor-Specific-Application-Id. */
  readonly applications: readonly number[];
  /** Whether it would do without in-band security. */
  readonly withoutInbandSecurity: boolean;
}

/** @throws DiameterError 5004 or 5014 if a value does not fit its type. */
export function readCapabilities(message: Message): Capabilities {
  const vendorSpecific = message.all(VendorSpecificApplicationId).flatMap((group) => group.all(AuthApplicationId));
  const security = message.all(InbandSecurityId);
  return {
    originHost: message.get(OriginHost) ?? "",
    originRealm: message.get(OriginRealm) ?? "",
    productName: message.get(ProductName) ?? "",
    applications: [...new Set([...message.all(AuthApplicationId), ...vendorSpecific])],
    withoutInbandSecurity: security.length === 0 || security.includes(NO_INBAND_SECURITY),
  };
}

export interface OwnCapabilities {
  readonly addresses: readonly string[];
  readonly productName: string;
  readonly originStateId: number;
  readonly applications: readonly number[];
}

/** What a CER or CEA says of us, behind Origin-Host and Origin-Realm. */
export function capabilityAvps({ addresses, productName, originStateId, applications }: OwnCapabilities): Avp[] {
  const vendorSpecific = (id: number): Avp =>
    avp(VendorSpecificApplicationId, [avp(VendorId, THREEGPP), avp(AuthApplicationId, id)]);
  return [
    ...addresses.map((address) => avp(HostIpAddress, address)),
    avp(VendorId, THREEGPP),
    avp(ProductName, productName),
    avp(OriginStateId, originStateId),
    avp(SupportedVendorId, THREEGPP),
    ...applications.map((id) => (id === APPLICATION.RELAY ? avp(AuthApplicationId, id) : vendorSpecific(id))),
    avp(FirmwareRevision, 1),
  ];
}

/** Applications of ours that the other side has; a relay has all (RFC 6733 2.4). */
export function commonApplications(ours: readonly number[], theirs: readonly number[]): number[] {
  return theirs.includes(APPLICATION.RELAY) ? [...ours] : ours.filter((id) => theirs.includes(id));
}
