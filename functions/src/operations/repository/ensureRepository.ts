import { Readable } from "node:stream";
import {
  type AptPackage,
  CHANNELS,
  type ChannelName,
  mergeSnapshot,
  objects,
  paths,
  type Tenant,
  type TenantId,
} from "@wisptools/core";
import type { Stored, Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";
import { SYSTEM } from "../audit.ts";
import { type Inspected, inspectPackage } from "./inspectPackage.ts";
import { ensureKeys } from "./keys.ts";
import { type Plan, publish, touch } from "./publish.ts";
import { DEB_TYPE, packageOf } from "./uploads.ts";

/** Tenants whose repositories this instance has seen whole, by the packages that it carries. */
const seen = new WeakMap<Deps["devicePackages"], Set<TenantId>>();
const inspected = new WeakMap<Uint8Array, Promise<Inspected>>();

/** A package that travels with the functions, as the tenant has it or is to have it. */
interface Own {
  content: Buffer;
  document: AptPackage;
  /** Absent: the tenant does not have it yet. */
  stored: Stored<AptPackage> | undefined;
}

/**
 * Makes what every tenant's repository begins with, where it is missing: a key, the platform's own packages, the first
 * channels with them. Newer packages of the platform go to `dev`, from where people promote them. Safe to repeat and to
 * run twice at once; after the first time in an instance it costs nothing.
 */
export async function ensureRepository(deps: Deps, { id }: Pick<Tenant, "id">): Promise<void> {
  const whole = seen.get(deps.devicePackages) ?? new Set();
  seen.set(deps.devicePackages, whole);
  if (whole.has(id)) return;
  await ensureKeys(deps, id);
  const own = await platformPackages(deps, id);
  const existing = await deps.store.channels.getAll(CHANNELS.map((name) => [id, name]));
  for (const [index, channel] of CHANNELS.entries()) {
    const takes = index === 0 && own.some(({ stored }) => !stored);
    if (!existing[index] || takes) await fill(deps, id, channel);
  }
  whole.add(id);
}

/** A .deb that was changed without a new version is left out: the tenant keeps the one it has. */
async function platformPackages(deps: Deps, tenantId: TenantId): Promise<Own[]> {
  const all = await Promise.all(
    deps.devicePackages.map(async ({ content }) => {
      const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      const known = inspected.get(content) ?? inspectPackage(Readable.from([bytes]), bytes.length);
      inspected.set(content, known);
      return { content: bytes, document: packageOf(deps, tenantId, SYSTEM, await known) };
    }),
  );
  const found = await deps.store.packages.getAll(all.map(({ document }) => [tenantId, document.id]));
  return all
    .map((one, index) => ({ ...one, stored: found[index] }))
    .filter(({ document, stored }) => !stored || (stored.data.sha256 === document.sha256 && !stored.data.deleting));
}

/** A new channel begins with the platform's packages; one that exists takes those only that the tenant did not have, so that what people took out stays out. */
async function fill(deps: Deps, tenantId: TenantId, channel: ChannelName): Promise<void> {
  await publish({ deps, tenantId, channel, actor: SYSTEM }, async ({ stored, snapshot }): Promise<Plan> => {
    const own = await platformPackages(deps, tenantId);
    const fresh = own.filter((one) => !one.stored);
    await Promise.all(
      fresh.map(({ content, document }) =>
        deps.store.objects.put(objects.poolFile(tenantId, document.sha256), content, DEB_TYPE),
      ),
    );
    const taken = stored ? fresh : own;
    return {
      action: "publish",
      note: "packages of the platform",
      snapshot: mergeSnapshot(
        await snapshot(),
        taken.map((one) => (one.stored?.data ?? one.document).stanza),
      ),
      ...(taken.length > 0 ? { also: (write) => addTo(write, tenantId, taken) } : {}),
    };
  });
}

function addTo(write: Write, tenantId: TenantId, packages: readonly Own[]): void {
  for (const { document, stored } of packages) {
    if (stored) touch(write, stored);
    else write.create(paths.package(tenantId, document.id), document);
  }
}
