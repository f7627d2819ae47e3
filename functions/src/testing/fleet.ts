// A tenant's boxes as rollouts see them: enrolled, told by commands, reporting. And what there is to roll out.
import {
  ChannelName,
  type CommandState,
  EpcId,
  type GroupCounts,
  type PackageId,
  paths,
  type Rollout,
  type RolloutDevice,
  RolloutId,
  type UpdateRequest,
} from "@wisptools/core";
import { publishPackages } from "../operations/repository/channelActs.ts";
import { beginUpload, finaliseUpload } from "../operations/repository/uploads.ts";
import { type Credentials, call, deviceCall, type Reply, registration } from "./client.ts";
import { debianPackage } from "./debianPackage.ts";
import type { TestTenant, World } from "./world.ts";

/** Uploads versions of a package and publishes them to a channel. */
export async function publishVersions(
  world: World,
  tenant: TestTenant,
  name: string,
  versions: readonly string[],
  options: { channel?: string; architecture?: string } = {},
): Promise<void> {
  const { channel = "stable", architecture = "all" } = options;
  const add: PackageId[] = [];
  for (const version of versions) {
    const { filename, content } = debianPackage(name, version, { architecture, files: { arch: architecture } });
    const upload = await beginUpload(world.deps, tenant.caller, { filename, size: content.length }, undefined);
    await fetch(upload.url, { method: "PUT", body: new Uint8Array(content) });
    add.push((await finaliseUpload(world.deps, tenant.caller, upload.id)).id);
  }
  await publishPackages(world.deps, tenant.caller, ChannelName.parse(channel), { add, remove: [], note: "" });
}

export interface Box {
  id: EpcId;
  credentials: Credentials;
}

export async function enrolBoxes(world: World, tenant: TestTenant, n: number): Promise<Box[]> {
  const boxes: Box[] = [];
  while (boxes.length < n) {
    const body = registration({ tenant_id: tenant.id, enrollment_token: tenant.token });
    const reply = await call(world.url, "POST", "/api/epc/auto-register", body);
    boxes.push({ id: EpcId.parse(reply.body.epc_id), credentials: reply.body });
  }
  return boxes;
}

let tick = 0;

/** A box's signed request, by the clock of the world. */
export function asBox(world: World, box: Box, path: string, body: unknown): Promise<Reply> {
  const timestamp = (world.deps.now().getTime() / 1000 + tick++ / 1e6).toFixed(6);
  return deviceCall(world.url, box.credentials, "POST", path, body, { timestamp });
}

/** What a box's heartbeat tells it to update to; undefined when nothing. */
export async function fetchUpdate(world: World, box: Box): Promise<{ id: string; request: UpdateRequest } | undefined> {
  const reply = await asBox(world, box, "/api/metrics/heartbeat", {});
  return reply.body.commands.find((one: { request: UpdateRequest }) => one.request.type === "update");
}

export function reportOf(
  world: World,
  box: Box,
  request: Pick<UpdateRequest, "rollout_id" | "attempt">,
  state: string,
  more: object = {},
): Promise<Reply> {
  const { rollout_id, attempt } = request;
  return asBox(world, box, "/api/epc-updates/report", { rollout_id, attempt, state, ...more });
}

/** A box that fetches its command and goes through with it, to this end. Gives what it was told, undefined when nothing. */
export async function runUpdate(
  world: World,
  box: Box,
  end: "committed" | "rolled_back" | "failed",
  previous: Record<string, string> = {},
): Promise<UpdateRequest | undefined> {
  const command = await fetchUpdate(world, box);
  if (!command) return undefined;
  const { request } = command;
  const versions = Object.fromEntries(request.packages.map(({ name, version }) => [name, version]));
  for (const state of ["downloading", "downloaded", "installing", "health_check", end]) {
    const more = state === "downloading" ? { previous } : state === "committed" ? { installed: versions } : {};
    const reply = await reportOf(world, box, request, state, { message: `${state} now`, ...more });
    if (reply.status !== 200) throw new Error(`${state}: ${JSON.stringify(reply.body)}`);
  }
  return request;
}

export async function rolloutOf(world: World, tenant: TestTenant, id: string): Promise<Rollout> {
  return (await world.deps.store.rollouts.need("rollout", tenant.id, RolloutId.parse(id))).data;
}

export async function devicesOf(world: World, tenant: TestTenant, id: string): Promise<RolloutDevice[]> {
  return (await world.deps.store.raw(paths.rolloutDevices(tenant.id, id))) as RolloutDevice[];
}

/** The figures that a rollout's devices amount to, and those its document has: equal at all times. */
export async function figuresOf(world: World, tenant: TestTenant, id: string) {
  const rollout = await rolloutOf(world, tenant, id);
  const devices = await devicesOf(world, tenant, id);
  const counts: Record<string, GroupCounts> = {};
  for (const { group, state } of devices) {
    const of = counts[group] ?? {};
    counts[group] = { ...of, [state]: (of[state] ?? 0) + 1 };
  }
  const kept = Object.entries(rollout.counts).map(([group, of]) => {
    return [group, Object.fromEntries(Object.entries(of).filter(([, n]) => n !== 0))] as const;
  });
  return {
    counted: { counts, underWay: devices.filter((device) => device.underWay).length, devices: devices.length },
    kept: { counts: Object.fromEntries(kept), underWay: rollout.underWay, devices: rollout.devices },
  };
}

/** The states of an EPC's commands to update, in no order. */
export async function updateCommands(world: World, tenant: TestTenant, box: Box): Promise<CommandState[]> {
  const commands = await world.deps.store.raw(paths.commands(tenant.id, box.id));
  return commands.filter((command) => command.request.type === "update").map((command) => command.state);
}
