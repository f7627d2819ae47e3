import { windowIsOpen } from "../rollout/maintenanceWindow.ts";
import type { MappingMode } from "./ids.ts";
import type { SlotPolicy } from "./policy.ts";

/** A client as policies see it. */
export interface Asking {
  clientId: string;
  mode: MappingMode;
  /** "": it asked for no network. */
  mccMnc: string;
  /** The region of its login. */
  region: string | null;
}

/** Why a policy is not for this client now, in words; none: it is. */
export function mismatches(policy: Pick<SlotPolicy, "enabled" | "match">, asking: Asking, at: Date): string[] {
  const { modes, carriers, regions, clientPrefix, window } = policy.match;
  const faults: string[] = [];
  if (!policy.enabled) faults.push("it is switched off");
  if (modes && !modes.includes(asking.mode)) faults.push(`it is for ${modes.join(", ")}, not for ${asking.mode}`);
  if (carriers && !wants(carriers, asking.mccMnc)) {
    faults.push(`it is for clients of ${carriers.join(", ")}; this one asks for ${asking.mccMnc || "no network"}`);
  }
  if (regions && !(asking.region !== null && regions.includes(asking.region))) {
    faults.push(`it is for logins of ${regions.join(", ")}; this one is of ${asking.region ?? "no region"}`);
  }
  if (clientPrefix !== undefined && !asking.clientId.startsWith(clientPrefix)) {
    faults.push(`it is for client ids that begin with ${clientPrefix}`);
  }
  if (window && !windowIsOpen(window, window.timeZone, at.getTime())) {
    faults.push(`it holds from ${window.start} to ${window.end} in ${window.timeZone}, which is not now`);
  }
  return faults;
}

/** Carriers are whole networks, or countries by their MCC. */
function wants(carriers: readonly string[], mccMnc: string): boolean {
  return mccMnc !== "" && (carriers.includes(mccMnc) || carriers.includes(mccMnc.slice(0, 3)));
}
