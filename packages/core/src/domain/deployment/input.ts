import type { DiameterSettings } from "../../documents/tenant.ts";
import type { ChannelName } from "../apt/ids.ts";
import type { Apn, CoreSource } from "../epcSettings.ts";
import type { EpcId, TenantId } from "../ids.ts";
import type { Plmn } from "../plmn.ts";
import type { PolicyApn } from "./pcrfPolicy.ts";

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
  /** What the site's own PCRF grants; absent: it has none, and its SMF calls that of `diameter`. */
  policy?: readonly PolicyApn[];
  coreSource: CoreSource;
  /** The tenant's own repository, which our packages come from: the keys that may sign it, armoured, and the EPC's channel. */
  repository: { keyring: string; channel: ChannelName };
  allowShell: boolean;
  /** scripts/device by path. */
  deviceFiles: Readonly<Record<string, string>>;
}

/** A configuration file that the script puts in place, and the Open5GS daemon that must restart when it changes. */
export interface ConfigFile {
  path: string;
  service: "mme" | "sgwc" | "sgwu" | "smf" | "upf" | "pcrf";
  text: string;
  /** For the time until the EPC has its Diameter certificate. */
  textWithoutCertificate?: string;
}

/** What only the box knows. Each stands in files until the script puts the value there; no quoted value has an `@`. */
export const MARKS = {
  /** The address that eNodeBs reach the MME and the SGW-U at. */
  s1Address: "@S1_ADDRESS@",
  /** The folder of Open5GS's freeDiameter extensions, which depends on the architecture. */
  extensions: "@EXTENSIONS@",
  /** The address of the Diameter peer of this file, when it is configured by a name that is not its identity. */
  peerAddress: "@PEER_ADDRESS@",
  /** Where the box reaches the cloud. */
  origin: "@ORIGIN@",
} as const;
