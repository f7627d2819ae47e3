/** What of a box's own words can identify it. */
export interface HardwareFacts {
  hardware_id?: string | undefined;
  serial_number?: string | undefined;
  mac_address?: string | undefined;
  macs?: readonly string[] | undefined;
}

/** Serial numbers that vendors leave in unfinished firmware, compared in lower case without spaces and punctuation. */
const PLACEHOLDER_SERIALS = new Set([
  "tobefilledbyoem",
  "defaultstring",
  "systemserialnumber",
  "notspecified",
  "notapplicable",
  "none",
  "na",
  "null",
  "unknown",
  "invalid",
  "serial",
  "123456789",
  "0123456789",
  "1234567890",
]);

/** DMI UUIDs that whole production runs share. */
const PLACEHOLDER_UUIDS = new Set([
  "03000200040005000006000700080009",
  "00020003000400050006000700080009",
  "12345678123456781234567812345678",
  "0123456789abcdef0123456789abcdef",
]);

/** The DMI UUID in canonical form, or undefined when it identifies nothing. */
export function usableUuid(value: string | undefined): string | undefined {
  const hex = (value ?? "").toLowerCase().replace(/[^0-9a-f]/g, "");
  if (hex.length !== 32 || /^(.)\1*$/.test(hex) || PLACEHOLDER_UUIDS.has(hex)) return undefined;
  return hex;
}

function usableSerial(value: string | undefined): string | undefined {
  const serial = (value ?? "").trim().toLowerCase();
  const bare = serial.replace(/[^a-z0-9]/g, "");
  if (bare.length < 3 || /^(.)\1*$/.test(bare) || PLACEHOLDER_SERIALS.has(bare)) return undefined;
  return serial;
}

/** A universally administered unicast MAC as 12 hex digits; multicast and locally administered ones are not burnt in. */
function permanentMac(value: string): string | undefined {
  const hex = value.toLowerCase().replace(/[^0-9a-f]/g, "");
  if (hex.length !== 12 || /^(.)\1*$/.test(hex)) return undefined;
  return (Number.parseInt(hex.slice(0, 2), 16) & 0b11) === 0 ? hex : undefined;
}

/**
 * The one name of a box: `uuid:…`, else `serial:…`, else `mac:…` (the lowest permanent one).
 * Undefined when nothing it says can tell it from other boxes.
 */
export function hardwareIdentity(facts: HardwareFacts): string | undefined {
  const uuid = usableUuid(facts.hardware_id);
  if (uuid) return `uuid:${uuid}`;
  const serial = usableSerial(facts.serial_number);
  if (serial) return `serial:${serial}`;
  const macs = [facts.mac_address ?? "", ...(facts.macs ?? [])]
    .map(permanentMac)
    .filter((mac) => mac !== undefined)
    .sort();
  return macs[0] ? `mac:${macs[0]}` : undefined;
}
