import type { DiameterSettings } from "../../documents/tenant.ts";
import type { Apn, CoreSource } from "../epcSettings.ts";
import type { EpcId, TenantId } from "../ids.ts";
import type { Plmn } from "../plmn.ts";

/** Everything a deployment script is made of. */
export interface DeploymentInput {
  epcId: EpcId;
  tenantId: TenantId;
  siteName: string;
  scriptVersion: number;
  configVersion: number;
  plmn: Plmn;
  tac: number;
  apns: readonly Apn[];
  dns: readonly string[];
  nat: boolean;
  /** Absent: the box's own primary address, found when the script runs. */
  s1apAddress?: string;
  diameter: DiameterSettings;
  coreSource: CoreSource;
  reportIntervalSeconds: number;
  allowShell: boolean;
  /** scripts/device by path. */
  deviceFiles: Readonly<Record<string, string>>;
}

/** A configuration file that the script puts in place, and the Open5GS daemon that must restart when it changes. */
export interface ConfigFile {
  path: string;
  service: "mme" | "sgwc" | "sgwu" | "smf" | "upf";
  text: string;
}

/** Stands for the S1 address until the script knows it. */
export const S1_ADDRESS = "@S1_ADDRESS@";
