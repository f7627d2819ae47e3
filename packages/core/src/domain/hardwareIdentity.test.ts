import { describe, expect, it } from "vitest";
import { hardwareIdentity } from "./hardwareIdentity.ts";

describe("hardwareIdentity", () => {
  it.each([
    [
      "the DMI UUID first",
      { hardware_id: "550E8400-E29B-41D4-A716-446655440000", serial_number: "ABC123" },
      "uuid:550e8400e29b41d4a716446655440000",
    ],
    [
      "the serial when the UUID is all zero",
      { hardware_id: "00000000-0000-0000-0000-000000000000", serial_number: "ABC123" },
      "serial:abc123",
    ],
    [
      "the serial when the UUID is all F",
      { hardware_id: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", serial_number: "ABC123" },
      "serial:abc123",
    ],
    [
      "the serial when the UUID is a vendor's placeholder",
      { hardware_id: "03000200-0400-0500-0006-000700080009", serial_number: "X-901" },
      "serial:x-901",
    ],
    [
      "the MAC when UUID and serial are placeholders",
      { hardware_id: "not a uuid", serial_number: "To be filled by O.E.M.", mac_address: "00:11:22:33:44:55" },
      "mac:001122334455",
    ],
    [
      "the lowest permanent MAC",
      { mac_address: "0a:00:00:00:00:01", macs: ["00:50:56:00:00:02", "00:50:56:00:00:01", "01:00:5e:00:00:01"] },
      "mac:005056000001",
    ],
    [
      "nothing when only local and multicast MACs are there",
      { mac_address: "02:42:ac:11:00:02", macs: ["01:00:5e:00:00:01"] },
      undefined,
    ],
    ["nothing of nothing", {}, undefined],
  ])("takes %s", (_, facts, expected) => {
    expect(hardwareIdentity(facts)).toBe(expected);
  });
});
