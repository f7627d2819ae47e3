import { expect, it } from "vitest";
import { describeBox, describeDisks, describeNics, describeProcessor } from "./describe.ts";

const bare = { identity: "mac:00:11:22:33:44:55", disks: [], nics: [] };

it("says what a box says of itself", () => {
  const box = {
    ...bare,
    manufacturer: "Dell Inc.",
    product: "PowerEdge R640",
    hostname: "node",
    cpuModel: "Xeon",
    cpuCores: 8,
    memoryMb: 16384,
    disks: [{ name: "sda", sizeGb: 480 }, { name: "sdb" }],
    nics: [{ name: "ens160", speedMbps: 1000 }],
  };
  expect(describeBox(box)).toBe("Dell Inc. PowerEdge R640, host node");
  expect(describeProcessor(box)).toBe("Xeon, 8 cores, 16 GiB");
  expect(describeDisks(box)).toBe("sda 480 GB, sdb");
  expect(describeNics(box)).toBe("ens160 1000 Mbit/s");
});

it("leaves out what it doesn't say", () => {
  expect(describeBox(bare)).toBe("A box that doesn't say what it is");
  expect([describeProcessor(bare), describeDisks(bare), describeNics(bare)]).toEqual(["", "", ""]);
});
