import { expect, it } from "vitest";
import { environmentLine, uciCommands } from "./routerSetup.ts";

const setup = { login: "router1", secret: "s3cret", edge: "10.0.0.5", tenantNumber: 7 };

it("writes the line of a client that is started by hand", () => {
  expect(environmentLine(setup)).toBe("IONMESH_HOST=router1:s3cret@10.0.0.5");
  expect(environmentLine({ ...setup, edge: " edge.example:5050 " })).toBe("IONMESH_HOST=router1:s3cret@edge.example");
});

it("writes an OpenWrt router's settings", () => {
  expect(uciCommands({ ...setup, edge: "edge.example:5050" })).toBe(
    [
      "uci set remsim.service.enabled='1'",
      "uci set remsim.ionmesh.enabled='1'",
      "uci set remsim.ionmesh.host='router1:s3cret@edge.example'",
      "uci set remsim.ionmesh.port='5050'",
      "uci set remsim.ionmesh.tenant_id='7'",
      "uci set remsim.ionmesh.mapping_mode='ONE_TO_ONE_SWSIM'",
      "uci commit remsim",
      "/etc/init.d/remsim restart",
    ].join("\n"),
  );
});

it("says where an address is missing, and leaves out a number the tenant does not have", () => {
  const said = uciCommands({ ...setup, edge: "", tenantNumber: undefined });
  expect(said).toContain("@ADDRESS-OF-THE-EDGE'");
  expect(said).toContain("port='5000'");
  expect(said).not.toContain("tenant_id");
});
