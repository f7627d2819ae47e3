import { type api, paths, REMSIM_DEFAULTS, type RemsimSettings, type TenantId } from "@wisptools/core";
import { type Stored, untilUncontended, type Write } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";

type Input = typeof api.putRemsimSettings.body._zod.output;

/** A tenant's settings with the defaults for what nobody set; `stored` as a later write may insist on. */
export interface SettingsRead {
  stored: Stored<RemsimSettings> | undefined;
  data: RemsimSettings;
}

/** One read. */
export async function readRemsimSettings(deps: Deps, tenantId: TenantId): Promise<SettingsRead> {
  const stored = await deps.store.remsimSettings.get(tenantId);
  return { stored, data: stored?.data ?? { schemaVersion: 1, tenantId, ...REMSIM_DEFAULTS, updatedAt: new Date(0) } };
}

/** Adds a change of the settings to a write, which fails when others changed them since. `updatedAt` always moves on: editors go by it. */
export function writeRemsimSettings(
  deps: Deps,
  write: Write,
  { stored, data }: SettingsRead,
  changes: Partial<Omit<RemsimSettings, "updatedAt" | "tenantId" | "schemaVersion">>,
): RemsimSettings {
  const updatedAt = new Date(Math.max(deps.now().getTime(), data.updatedAt.getTime() + 1));
  const after = { ...data, ...changes, updatedAt };
  if (stored) write.update(stored, { ...changes, updatedAt });
  else write.create(paths.remsimSettings(data.tenantId), after);
  return after;
}

export async function putRemsimSettings(deps: Deps, caller: MemberCaller, input: Input): Promise<void> {
  const changes = {
    ...(input.heartbeat_seconds === undefined ? {} : { heartbeatSeconds: input.heartbeat_seconds }),
    ...(input.grace_seconds === undefined ? {} : { graceSeconds: input.grace_seconds }),
    ...(input.cool_down_seconds === undefined ? {} : { coolDownSeconds: input.cool_down_seconds }),
    ...(input.bank_grace_seconds === undefined ? {} : { bankGraceSeconds: input.bank_grace_seconds }),
  };
  if (Object.keys(changes).length === 0) return;
  await untilUncontended(async () => {
    const read = await readRemsimSettings(deps, caller.tenantId);
    const write = deps.store.write();
    writeRemsimSettings(deps, write, read, changes);
    audit(deps, write, caller.tenantId, caller, {
      action: "remsimSettings.put",
      target: "current",
      summary: `set ${Object.entries(input)
        .map(([name, value]) => `${name} to ${value}`)
        .join(", ")}`,
    });
    await write.commit();
  });
}
