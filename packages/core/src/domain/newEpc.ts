import type { Registration } from "../api/enrolment.ts";
import type { Epc, HardwareDescription, NetworkDescription } from "../documents/epc.ts";
import type { Tenant } from "../documents/tenant.ts";
import type { EpcId } from "./ids.ts";
import type { Plmn } from "./plmn.ts";
import { defined } from "./report.ts";

/** What a box said of itself, as documents keep it. */
export interface BoxDescription {
  hardware: HardwareDescription;
  network: NetworkDescription;
  os: Epc["os"];
  siteName: string;
}

export function describeBox(input: Registration, identity: string): BoxDescription {
  return {
    hardware: hardwareOf(input, identity),
    network: {
      ...defined({
        primaryIp: input.network.primary_ip,
        gateway: input.network.gateway,
        interface: input.network.interface,
        netmask: input.network.netmask,
      }),
      dnsServers: (input.network.dns_servers ?? "").split(/[\s,]+/).filter(Boolean),
    },
    os: defined({ version: input.os_info.os_version, kernel: input.os_info.kernel_version }),
    siteName: `Auto-${input.system_info.hostname ?? identity.slice(0, 20)}`.slice(0, 50),
  };
}

function hardwareOf(input: Registration, identity: string): HardwareDescription {
  const facts = input.hardware;
  return {
    identity,
    ...defined({
      hardwareId: input.hardware_id,
      serialNumber: input.serial_number,
      macAddress: input.mac_address,
      manufacturer: input.system_info.manufacturer,
      product: input.system_info.product,
      hostname: input.system_info.hostname,
      cpuModel: facts?.cpu_model,
      cpuCores: facts?.cpu_cores,
      memoryMb: facts?.memory_mb,
      bios: facts?.bios,
    }),
    disks: (facts?.disks ?? []).map((disk) => ({
      name: disk.name,
      ...defined({ sizeGb: disk.size_gb, model: disk.model }),
    })),
    nics: (facts?.nics ?? []).map((nic) => ({
      name: nic.name,
      ...defined({ mac: nic.mac, speedMbps: nic.speed_mbps }),
    })),
  };
}

export interface Enrolment {
  id: EpcId;
  tac: number;
  plmn: Plmn;
  siteName: string;
  credentialId: string;
  enrolment: Epc["enrolment"];
  location: Epc["location"];
}

/** The document of an EPC at its first enrolment. */
export function newEpc(tenant: Tenant, box: BoxDescription, facts: Enrolment, now: Date): Epc {
  return {
    schemaVersion: 1,
    id: facts.id,
    tenantId: tenant.id,
    siteName: facts.siteName,
    tags: [],
    notes: "",
    state: "enrolled",
    stateSince: now,
    ailments: [],
    hardware: box.hardware,
    network: box.network,
    os: box.os,
    ...(facts.location ? { location: facts.location } : {}),
    plmn: facts.plmn,
    tac: facts.tac,
    settings: {},
    configVersion: 1,
    scriptVersion: 1,
    deployedScriptVersion: 0,
    credentials: { pending: [facts.credentialId], generation: 1, issuedAt: now },
    enrolment: facts.enrolment,
    reportIntervalSeconds: tenant.settings.reportIntervalSeconds,
    clockOffsetSeconds: 0,
    versions: {},
    components: {},
    enbs: [],
    interfaces: {},
    apnSessions: {},
    recent: [],
    pendingCommands: [],
    spoolDropped: 0,
    replayMark: { timestamp: 0, nonces: [] },
    createdAt: now,
    updatedAt: now,
  };
}
