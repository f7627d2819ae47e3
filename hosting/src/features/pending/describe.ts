import type { HardwareDescription } from "@wisptools/core/documents/epc";
import { megabytes, plural } from "../../ui/format.ts";

/** "Dell Inc. PowerEdge R640, host wisp-epc-node". */
export function describeBox(hardware: HardwareDescription): string {
  const model = [hardware.manufacturer, hardware.product].filter(Boolean).join(" ");
  const host = hardware.hostname && `host ${hardware.hostname}`;
  return [model, host].filter(Boolean).join(", ") || "A box that doesn't say what it is";
}

export function describeProcessor(hardware: HardwareDescription): string {
  const cores = hardware.cpuCores === undefined ? "" : plural(hardware.cpuCores, "core");
  const memory = hardware.memoryMb === undefined ? "" : megabytes(hardware.memoryMb);
  return [hardware.cpuModel, cores, memory].filter(Boolean).join(", ");
}

export function describeDisks(hardware: HardwareDescription): string {
  return hardware.disks
    .map((disk) => [disk.name, disk.sizeGb === undefined ? "" : `${disk.sizeGb} GB`].filter(Boolean).join(" "))
    .join(", ");
}

export function describeNics(hardware: HardwareDescription): string {
  return hardware.nics
    .map((nic) => [nic.name, nic.speedMbps === undefined ? "" : `${nic.speedMbps} Mbit/s`].filter(Boolean).join(" "))
    .join(", ");
}
