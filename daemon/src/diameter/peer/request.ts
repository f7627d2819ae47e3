// What every request carries, added where the caller has not given it.
import { randomBytes } from "node:crypto";
import { type AnyDefinition, type Avp, avp } from "../codec/avpDefinition.ts";
import {
  AuthApplicationId,
  AuthSessionState,
  DestinationHost,
  DestinationRealm,
  OriginHost,
  OriginRealm,
  SessionId,
  VendorSpecificApplicationId,
} from "../dictionary/base.ts";
import { applicationOf } from "../dictionary/commands.ts";
import { applicationAvp, type Origin } from "./answer.ts";

const NO_STATE_MAINTAINED = 1;
/** RFC 6733 8.8: high 32 bits from the start of the process, low 32 bits counted. */
const high = randomBytes(4).readUInt32BE();
let low = 0;

export function newSessionId(originHost: string): string {
  low = (low + 1) >>> 0;
  return `${originHost};${high};${low}`;
}

/** `avps` in the order of TS 29.272 7.2 and RFC 6733 8.8: Session-Id first. */
export function completed(
  applicationId: number,
  avps: readonly Avp[],
  destination: { readonly originHost: string; readonly originRealm: string },
  origin: Origin,
): Avp[] {
  const session = avps.find(({ definition }) => definition === (SessionId as AnyDefinition));
  const complete = [session ?? avp(SessionId, newSessionId(origin.originHost))];
  const add = (definition: AnyDefinition, make: () => Avp | undefined): void => {
    for (const each of avps) if (each.definition === definition) return;
    const made = make();
    if (made) complete.push(made);
  };
  const vendorSpecific = applicationOf(applicationId)?.namedBy === "vendorSpecific";
  add(vendorSpecific ? VendorSpecificApplicationId : AuthApplicationId, () => applicationAvp(applicationId));
  if (vendorSpecific) add(AuthSessionState, () => avp(AuthSessionState, NO_STATE_MAINTAINED));
  add(OriginHost, () => avp(OriginHost, origin.originHost));
  add(OriginRealm, () => avp(OriginRealm, origin.originRealm));
  add(DestinationHost, () => avp(DestinationHost, destination.originHost));
  add(DestinationRealm, () => avp(DestinationRealm, destination.originRealm));
  for (const each of avps) if (each !== session) complete.push(each);
  return complete;
}
