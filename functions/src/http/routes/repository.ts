import { api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { promoteChannel, publishPackages, rollBackChannel } from "../../operations/repository/channelActs.ts";
import { channelContents } from "../../operations/repository/channelPackages.ts";
import { deletePackage } from "../../operations/repository/deletePackage.ts";
import { readGpgKey } from "../../operations/repository/keys.ts";
import { addRepositoryKey, retireRepositoryKey } from "../../operations/repository/rotateKeys.ts";
import { beginUpload, finaliseUpload } from "../../operations/repository/uploads.ts";
import {
  channelView,
  listChannels,
  listPackages,
  packageView,
  readRepository,
  readSources,
} from "../../operations/repository/viewRepository.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/epc-updates: packages, channels and keys of the tenant's APT repository. */
export function repositoryRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.readRepository, async ({ tenantId }) => ({
    ...ok,
    ...(await readRepository(deps, tenantId)),
  }));
  bind(router, gate, api.readSources, async ({ tenantId }, { query, header }) => {
    const text = await readSources(deps, tenantId, query.channel, originOf(header));
    return new Answer(200, text, { "Content-Type": "text/plain; charset=utf-8" });
  });
  packageRoutes(router, gate, deps);
  channelRoutes(router, gate, deps);
  keyRoutes(router, gate, deps);
}

/** Where the caller reached us, as the proxies before us say; the entry is for boxes on the same way. */
function originOf(header: (name: string) => string | undefined): string {
  const last = (value: string | undefined) => value?.split(",")[0]?.trim();
  const host = last(header("x-forwarded-host")) ?? header("host") ?? "";
  return `${last(header("x-forwarded-proto")) ?? "http"}://${host}`;
}

function packageRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listPackages, async ({ tenantId }, { query }) => {
    const { packages, next } = await listPackages(deps, tenantId, query);
    return { ...ok, packages, next_page_token: next ?? null };
  });
  bind(router, gate, api.deletePackage, async (caller, { params }) => {
    await deletePackage(deps, caller, params.package_id);
    return ok;
  });
  bind(router, gate, api.beginUpload, async (caller, { body, header }) => {
    const { id, url, expiresAt } = await beginUpload(deps, caller, body, header("origin"));
    return new Answer(201, { ...ok, upload_id: id, upload_url: url, expires_at: expiresAt.toISOString() });
  });
  bind(router, gate, api.finaliseUpload, async (caller, { params, body }) => {
    const kept = await finaliseUpload(deps, caller, params.upload_id);
    const input = { add: [kept.id], remove: [], note: "" };
    const channel = body.channel ? await publishPackages(deps, caller, body.channel, input) : undefined;
    return { ...ok, package: packageView(kept), channel: channel ? channelView(channel) : null };
  });
}

function channelRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listChannels, async ({ tenantId }) => ({
    ...ok,
    channels: await listChannels(deps, tenantId),
  }));
  bind(router, gate, api.listChannelPackages, async ({ tenantId }, { params, query }) => ({
    ...ok,
    ...(await channelContents(deps, tenantId, params.channel, query.snapshot_id)),
  }));
  bind(router, gate, api.publishPackages, async (caller, { params, body }) => ({
    ...ok,
    channel: channelView(await publishPackages(deps, caller, params.channel, body)),
  }));
  bind(router, gate, api.promoteChannel, async (caller, { params, body }) => ({
    ...ok,
    channel: channelView(await promoteChannel(deps, caller, params.channel, body)),
  }));
  bind(router, gate, api.rollBackChannel, async (caller, { params, body }) => ({
    ...ok,
    channel: channelView(await rollBackChannel(deps, caller, params.channel, body)),
  }));
}

function keyRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.readGpgKey, async ({ tenantId }) => ({ ...ok, ...(await readGpgKey(deps, tenantId)) }));
  bind(router, gate, api.addRepositoryKey, async (caller, { body }) => {
    const key = await addRepositoryKey(deps, caller, body.algorithm);
    return new Answer(201, { ...ok, fingerprint: key.id });
  });
  bind(router, gate, api.retireRepositoryKey, async (caller, { params }) => {
    await retireRepositoryKey(deps, caller, params.fingerprint);
    return ok;
  });
}
