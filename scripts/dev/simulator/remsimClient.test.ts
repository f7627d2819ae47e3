import { expect, it } from "vitest";
import { registrationBytes, scanAssignment } from "./remsimClient.ts";

const CONFIG = {
  host: "127.0.0.1",
  port: 5000,
  clientId: "vm-slot0",
  mode: "KI_PROXY_SWSIM",
  mccMnc: "310410",
  tenantNumber: 7,
};

const REPLY =
  '{"status":"success","bank_id":1,"slot_id":17,"iccid":"8988211000000000015","imsi":"310410000000001",' +
  '"bankd_endpoint":"sim.example.net:9998","mapping_mode":"ONE_TO_ONE_SWSIM","existing":false}';

it("sends the bytes that were observed", () => {
  expect(registrationBytes(CONFIG).toString()).toBe(
    "POST /api/backend/v1/remsim/register-client HTTP/1.1\r\nHost: 127.0.0.1:5000\r\nAccept: */*\r\n" +
      "Content-Type: application/json\r\nContent-Length: 89\r\n\r\n" +
      '{"client_id":"vm-slot0","mapping_mode":"KI_PROXY_SWSIM","mcc_mnc":"310410","tenant_id":7}',
  );
});

it("sends a login that stands before the host by HTTP Basic, and an unset network as an empty text", () => {
  const text = registrationBytes({ ...CONFIG, host: "router1:secret@10.0.0.5", mccMnc: "" }).toString();
  expect(text).toContain("\r\nHost: 10.0.0.5:5000\r\nAuthorization: Basic cm91dGVyMTpzZWNyZXQ=\r\n");
  expect(text).toContain('"mcc_mnc":"","tenant_id"');
});

it("reads the fields from the text", () => {
  expect(scanAssignment(REPLY)).toEqual({
    bankId: 1,
    slotId: 17,
    iccid: "8988211000000000015",
    imsi: "310410000000001",
    serverHost: "sim.example.net",
    serverPort: 9998,
    mode: "ONE_TO_ONE_SWSIM",
  });
});

it.each([
  [
    "a space after a colon",
    REPLY.replace('"bank_id":', '"bank_id": ').replace('"bankd_endpoint":', '"bankd_endpoint": '),
  ],
  ["an error status anywhere", REPLY.replace("}", ',"note":{"status":"error"}}')],
  ["bank 0", REPLY.replace('"bank_id":1', '"bank_id":0')],
  ["an endpoint without host", REPLY.replace("sim.example.net", "")],
  ["numbers as text", REPLY.replace('"slot_id":17', '"slot_id":"17"')],
  ["an IPv6 address", REPLY.replace("sim.example.net:9998", "[::1]:9998")],
])("falls back on %s", (_, text) => {
  const assignment = scanAssignment(text);
  expect(assignment === undefined || assignment.serverHost === "[").toBe(true);
});

it("takes the first occurrence of a name, so that nothing nested may come before it", () => {
  expect(scanAssignment(`{"slot":{"bank_id":9},${REPLY.slice(1)}`)?.bankId).toBe(9);
});

it("leaves out a text of 32 octets or more", () => {
  expect(scanAssignment(REPLY.replace("8988211000000000015", "8".repeat(32)))?.iccid).toBe("");
});
