// What rollouts leave behind, put into the emulator as the server may: states that would take hours to come about by themselves.
import type { Alert, ChannelName, EpcId, Publication, Rollout, RolloutDevice, RolloutId } from "@wisptools/core";
import { DEFAULT_STRATEGY, paths } from "@wisptools/core";
import { WISP } from "./browser.ts";
import { writeAll } from "./daemonRecords.ts";

const HASH = "5e".repeat(32);
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
type State = RolloutDevice["state"];

let last = Date.now() % 1e9;
/** A rollout's id that no other run has. */
export const freshRollout = (): RolloutId => `ro_${(++last).toString(16).padStart(16, "0")}` as RolloutId;

export function rollout(id: RolloutId, more: Partial<Rollout> = {}): Rollout {
  return {
    schemaVersion: 1,
    id,
    tenantId: WISP as Rollout["tenantId"],
    name: "Agent for the north",
    channel: "stable" as ChannelName,
    snapshotId: HASH as Rollout["snapshotId"],
    packages: [{ name: "wisptools-agent", version: "1.4.0", sha256: HASH as Rollout["snapshotId"] }],
    target: { tags: ["north"] },
    strategy: DEFAULT_STRATEGY,
    state: "running",
    stateReason: "",
    devices: 0,
    groupSizes: [0, 0, 0],
    counts: {},
    underWay: 0,
    group: 0,
    restored: 0,
    createdAt: ago(200),
    createdBy: "engineer@wisp123.test",
    startedAt: ago(200),
    updatedAt: ago(1),
    ...more,
  };
}

const MOVING: readonly State[] = ["downloading", "downloaded", "installing", "health_check"];

function device(of: RolloutId, n: number, group: number, state: State, message: string): RolloutDevice {
  const way: State[] = state === "pending" ? [] : [...MOVING.filter((one) => one !== state), state];
  return {
    schemaVersion: 1,
    epcId: `epc_${(0xf000 + n).toString(16).padStart(16, "0")}` as EpcId,
    tenantId: WISP as Rollout["tenantId"],
    rolloutId: of,
    siteName: `Tower ${String(n + 1).padStart(3, "0")}`,
    group,
    timeZone: "Europe/Vienna",
    state,
    underWay: MOVING.includes(state),
    goal: "update",
    attempt: state === "pending" ? 0 : 1,
    previous: { "wisptools-agent": "1.3.2" },
    message,
    history: way.map((one, i) => ({ attempt: 1, state: one, at: ago(40 - i * 4), message: i === 4 ? message : "" })),
    updatedAt: ago(20 - (n % 19)),
  };
}

/** How many devices of each group are in each state. */
export type Fleet = readonly Partial<Record<State, number>>[];

/** Writes a rollout and its devices, whose messages say `message` where they failed or went back. Gives the devices. */
export async function putRollout(base: Rollout, fleet: Fleet, message = ""): Promise<RolloutDevice[]> {
  const devices: RolloutDevice[] = [];
  for (const [group, states] of fleet.entries())
    for (const [state, count] of Object.entries(states) as [State, number][])
      for (let i = 0; i < count; i++) {
        const said = state === "failed" || state === "rolled_back" ? message : "";
        devices.push(device(base.id, devices.length, group, state, said));
      }
  const sizes = fleet.map((states) => Object.values(states).reduce((sum, n) => sum + n, 0));
  const whole: Rollout = {
    ...base,
    devices: devices.length,
    groupSizes: sizes,
    counts: Object.fromEntries(fleet.map((states, group) => [String(group), states])),
    underWay: devices.filter((one) => one.underWay).length,
  };
  const documents = devices.map((one) => [paths.rolloutDevice(WISP, base.id, one.epcId), one] as const);
  await writeAll(new Map<string, object>([[paths.rollout(WISP, base.id), whole], ...documents]));
  return devices;
}

export async function putAlert(kind: Alert["kind"], target: string, message: string): Promise<void> {
  const id = `${kind}-${target}`;
  const alert = { schemaVersion: 1, id, tenantId: WISP, kind, severity: "critical", target, message, state: "open" };
  await writeAll(new Map([[paths.alert(WISP, id), { ...alert, openedAt: ago(5), updatedAt: ago(5) }]]));
}

/** A publication of a channel long ago. */
export async function putPublication(channel: string, sequence: number, more: Partial<Publication>): Promise<void> {
  const id = `${channel}-${sequence}`;
  const record = { schemaVersion: 1, id, tenantId: WISP, channel, sequence, action: "publish", snapshotId: HASH };
  const rest = { packages: 2, added: [], removed: [], note: "", at: ago(3000), by: "engineer@wisp123.test" };
  await writeAll(new Map([[paths.publication(WISP, id), { ...record, ...rest, ...more }]]));
}
