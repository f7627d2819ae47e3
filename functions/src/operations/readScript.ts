import { AppError, type EpcId, objects, type Script, type TenantId } from "@wisptools/core";
import type { Deps } from "../deps.ts";
import { sha256 } from "./secrets.ts";

export interface ScriptText {
  script: Script;
  text: string;
}

/** The text of one version, checked against its hash. */
export async function readScript(deps: Deps, tenantId: TenantId, epcId: EpcId, version: number): Promise<ScriptText> {
  const script = await scriptOf(deps, tenantId, epcId, version);
  const text = await deps.store.objects.get(objects.script(tenantId, epcId, version, script.sha256));
  if (text === undefined || sha256(text) !== script.sha256) {
    throw new Error(`script ${version} of ${epcId} is absent from storage or altered`);
  }
  return { script, text };
}

/** The armoured detached signature of one version. */
export async function readScriptSignature(
  deps: Deps,
  tenantId: TenantId,
  epcId: EpcId,
  version: number,
): Promise<string> {
  const script = await scriptOf(deps, tenantId, epcId, version);
  const text = await deps.store.objects.get(objects.scriptSignature(tenantId, epcId, version, script.sha256));
  if (text === undefined) throw new Error(`the signature of script ${version} of ${epcId} is absent from storage`);
  return text;
}

async function scriptOf(deps: Deps, tenantId: TenantId, epcId: EpcId, version: number): Promise<Script> {
  const stored = await deps.store.scripts.get(tenantId, epcId, version);
  if (!stored) throw new AppError("not-found", `script version ${version} not found`, { field: "version" });
  return stored.data;
}
