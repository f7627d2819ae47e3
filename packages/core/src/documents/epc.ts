import { z } from "zod";
import { CommandState } from "../domain/command.ts";
import { EpcSettings } from "../domain/epcSettings.ts";
import { EpcState } from "../domain/epcState.ts";
import { ClaimId, CommandId, EpcId, TenantId } from "../domain/ids.ts";
import { Plmn } from "../domain/plmn.ts";
import { RolloutId } from "../domain/rollout/ids.ts";
import { TimeZone } from "../domain/rollout/strategy.ts";
import { ComponentStatus, Sample } from "../domain/telemetry.ts";
import { Instant } from "./instant.ts";

/** The box as it described itself at its last registration. */
export const HardwareDescription = z.object({
  identity: z.string(),
  hardwareId: z.string().optional(),
  serialNumber: z.string().optional(),
  macAddress: z.string().optional(),
  manufacturer: z.string().optional(),
  product: z.string().optional(),
  hostname: z.string().optional(),
  cpuModel: z.string().optional(),
  cpuCores: z.number().optional(),
  memoryMb: z.number().optional(),
  bios: z.string().optional(),
  disks: z.array(z.object({ name: z.string(), sizeGb: z.number().optional(), model: z.string().optional() })),
  nics: z.array(z.object({ name: z.string(), mac: z.string().optional(), speedMbps: z.number().optional() })),
});
export type HardwareDescription = z.infer<typeof HardwareDescription>;

export const NetworkDescription = z.object({
  primaryIp: z.string().optional(),
  gateway: z.string().optional(),
  interface: z.string().optional(),
  netmask: z.string().optional(),
  dnsServers: z.array(z.string()),
});
export type NetworkDescription = z.infer<typeof NetworkDescription>;

export const OsDescription = z.object({ version: z.string().optional(), kernel: z.string().optional() });

export const DeploymentStep = z.object({
  name: z.string(),
  state: z.enum(["running", "succeeded", "unchanged", "failed"]),
  message: z.string(),
  at: Instant,
});

/** The latest run of a deployment script. */
export const Deployment = z.object({
  scriptVersion: z.int(),
  state: z.enum(["running", "succeeded", "failed"]),
  percent: z.number(),
  step: z.string(),
  message: z.string(),
  startedAt: Instant,
  updatedAt: Instant,
  steps: z.array(DeploymentStep),
});
export type Deployment = z.infer<typeof Deployment>;

/** A command as it rides in the EPC document until its result is in. `request` is a CommandRequest. */
export const PendingCommand = z.object({
  id: CommandId,
  request: z.record(z.string(), z.unknown()),
  expiresAt: Instant,
  state: CommandState,
});
export type PendingCommand = z.infer<typeof PendingCommand>;

export const EnbStatus = z.object({
  s1Ip: z.string(),
  cellId: z.string().optional(),
  status: z.string(),
  lastSeen: z.string().optional(),
});

/** tenants/{t}/epcs/{epcId}: the one document written each minute. */
export const Epc = z.object({
  schemaVersion: z.literal(1),
  id: EpcId,
  tenantId: TenantId,
  siteName: z.string(),
  tags: z.array(z.string()),
  notes: z.string(),
  state: EpcState,
  stateSince: Instant,
  /** Why it is degraded; empty otherwise. */
  ailments: z.array(z.string()),
  hardware: HardwareDescription,
  network: NetworkDescription,
  os: OsDescription,
  location: z
    .object({
      latitude: z.number(),
      longitude: z.number(),
      city: z.string().optional(),
      source: z.enum(["address", "operator"]),
    })
    .optional(),
  plmn: Plmn,
  tac: z.int(),
  settings: EpcSettings,
  /** Grows with every change of what the device must apply. */
  configVersion: z.int(),
  /** Newest script generated, and the one that last ran to its end. */
  scriptVersion: z.int(),
  deployedScriptVersion: z.int(),
  deployment: Deployment.optional(),
  /** Ids (sha256 of api_key) that hold now. The first use of a pending one makes it current and ends all others. */
  credentials: z.object({
    current: z.string().optional(),
    pending: z.array(z.string()),
    /** Moves on at a revocation: credentials issued for an earlier one never hold. */
    generation: z.int(),
    issuedAt: Instant,
    revokedAt: Instant.optional(),
  }),
  enrolment: z.object({
    at: Instant,
    tokenId: z.string().optional(),
    claimId: ClaimId.optional(),
    address: z.string().optional(),
  }),
  lastSeenAt: Instant.optional(),
  /** When silence makes it offline; absent while it is not expected to report. */
  offlineAt: Instant.optional(),
  reportIntervalSeconds: z.int(),
  clockOffsetSeconds: z.number(),
  uptimeSeconds: z.number().optional(),
  versions: z.object({ open5gs: z.string().optional(), agent: z.string().optional(), os: z.string().optional() }),
  /** Installed versions of the packages that rollouts are about, by name, as the device last reported them. */
  packages: z.record(z.string(), z.string()).optional(),
  /** The clock that maintenance windows go by; absent: the tenant's. */
  timeZone: TimeZone.optional(),
  components: z.record(z.string(), ComponentStatus),
  enbs: z.array(EnbStatus),
  /** Counters since boot, by interface. */
  interfaces: z.record(
    z.string(),
    z.object({ rxOctets: z.number(), txOctets: z.number(), rxErrors: z.number(), txErrors: z.number() }),
  ),
  /** Active sessions by APN. */
  apnSessions: z.record(z.string(), z.number()),
  latest: Sample.optional(),
  /** Minutes not yet flushed to their hour bucket. */
  recent: z.array(Sample),
  pendingCommands: z.array(PendingCommand),
  /** The rollout that told it to go and has not heard its end: no other tells it meanwhile. */
  updating: RolloutId.optional(),
  /** Reports the device's spool had to drop, in total. */
  spoolDropped: z.int(),
  /** Newest accepted signed write: its timestamp and the nonces used with exactly that timestamp. */
  replayMark: z.object({ timestamp: z.number(), nonces: z.array(z.string()) }),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Epc = z.infer<typeof Epc>;

/** epcs/{e}/history/{yyyymmddhh}: samples by second of the hour. */
export const HistoryHour = z.object({
  schemaVersion: z.literal(1),
  samples: z.record(z.string(), Sample),
  expireAt: Instant,
});
export type HistoryHour = z.infer<typeof HistoryHour>;

export const EventSeverity = z.enum(["info", "warning", "error"]);

/** epcs/{e}/events/{id} */
export const EpcEvent = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  type: z.enum([
    "state",
    "attach",
    "detach",
    "deployment",
    "command",
    "credentials",
    "enrolment",
    "settings",
    "spool",
    "log",
    "update",
  ]),
  severity: EventSeverity,
  message: z.string(),
  at: Instant,
  receivedAt: Instant,
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  expireAt: Instant,
});
export type EpcEvent = z.infer<typeof EpcEvent>;

/** epcs/{e}/commands/{id} */
export const Command = z.object({
  schemaVersion: z.literal(1),
  id: CommandId,
  epcId: EpcId,
  tenantId: TenantId,
  request: z.record(z.string(), z.unknown()),
  state: CommandState,
  issuedBy: z.string(),
  issuedAt: Instant,
  expiresAt: Instant,
  deliveredAt: Instant.optional(),
  startedAt: Instant.optional(),
  finishedAt: Instant.optional(),
  exitCode: z.int().optional(),
  output: z.string().optional(),
  expireAt: Instant,
});
export type Command = z.infer<typeof Command>;

/** epcs/{e}/scripts/{version}; the text is in Cloud Storage. */
export const Script = z.object({
  schemaVersion: z.literal(1),
  version: z.int(),
  sha256: z.string(),
  size: z.int(),
  reason: z.string(),
  createdAt: Instant,
  createdBy: z.string(),
});
export type Script = z.infer<typeof Script>;

/** tenants/{t}/claims/{claimId}: a box that waits for an operator. */
export const Claim = z.object({
  schemaVersion: z.literal(1),
  id: ClaimId,
  tenantId: TenantId,
  state: z.enum(["pending", "approved", "rejected", "enrolled"]),
  /** Why it waits, in words: policy, no token, known box still reporting, … */
  reason: z.string(),
  secretSha256: z.string(),
  /** Shown on the box's console and in the UI, so that the operator approves the box in front of him. */
  code: z.string(),
  hardware: HardwareDescription,
  network: NetworkDescription,
  os: OsDescription,
  address: z.string().optional(),
  /** The EPC this hardware already is, when it is one. */
  existingEpcId: EpcId.optional(),
  siteName: z.string(),
  requests: z.int(),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  decidedBy: z.string().optional(),
  decidedAt: Instant.optional(),
  expireAt: Instant,
});
export type Claim = z.infer<typeof Claim>;

/** tenants/{t}/tacs/{tac}: exists = taken. */
export const TacHolder = z.object({ schemaVersion: z.literal(1), epcId: EpcId });
export type TacHolder = z.infer<typeof TacHolder>;
