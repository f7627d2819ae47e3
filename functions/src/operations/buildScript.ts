import { DEFAULT_CHANNEL, deploymentScript, type Epc, objects, paths, type Script, type Tenant } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";
import { readSitePolicy } from "./readSitePolicy.ts";
import { ensureRepository } from "./repository/ensureRepository.ts";
import { repositoryKeyring } from "./repository/keys.ts";
import { sha256 } from "./secrets.ts";

/** The text of an EPC's deployment script for a given version. */
export async function scriptText(deps: Deps, tenant: Tenant, epc: Epc, version: number): Promise<string> {
  const [policy, keyring] = await Promise.all([readSitePolicy(deps, tenant, epc), repositoryKeyring(deps, tenant.id)]);
  return deploymentScript({
    epcId: epc.id,
    tenantId: tenant.id,
    siteName: epc.siteName,
    scriptVersion: version,
    configVersion: epc.configVersion,
    plmn: epc.plmn,
    tac: epc.tac,
    apns: epc.settings.apns ?? tenant.apns,
    dns: epc.settings.dns ?? tenant.dns,
    nat: epc.settings.nat ?? true,
    ...(epc.settings.s1apAddress ? { s1apAddress: epc.settings.s1apAddress } : {}),
    diameter: tenant.diameter,
    ...(policy ? { policy } : {}),
    coreSource: tenant.coreSource,
    repository: { keyring, channel: epc.settings.channel ?? DEFAULT_CHANNEL },
    allowShell: tenant.settings.allowShell,
    deviceFiles: deps.deviceFiles,
  });
}

/**
 * Makes a version of the script: the signed objects first (immutable; unused ones do no harm), then its document in
 * the caller's write, so that a version that can be read can be fetched.
 */
export async function buildScript(
  deps: Deps,
  write: Write,
  tenant: Tenant,
  epc: Epc,
  fields: { version: number; reason: string; createdBy: string },
): Promise<Script> {
  await ensureRepository(deps, tenant);
  const text = await scriptText(deps, tenant, epc, fields.version);
  const hash = sha256(text);
  const signature = await deps.store.signingKeys.sign(tenant, text);
  await Promise.all([
    deps.store.objects.put(
      objects.script(tenant.id, epc.id, fields.version, hash),
      text,
      "text/x-shellscript; charset=utf-8",
    ),
    deps.store.objects.put(
      objects.scriptSignature(tenant.id, epc.id, fields.version, hash),
      signature,
      "application/pgp-signature",
    ),
  ]);
  const script: Script = {
    schemaVersion: 1,
    version: fields.version,
    sha256: hash,
    size: Buffer.byteLength(text),
    reason: fields.reason,
    createdAt: deps.now(),
    createdBy: fields.createdBy,
  };
  write.create(paths.script(tenant.id, epc.id, fields.version), script);
  return script;
}
