// Who the simulated box is, as its own programs keep it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plmn } from "@wisptools/core";

/** What the cloud told the box at its enrolment. */
export interface Enrolment {
  epcId: string;
  realm: string;
  plmn: Plmn;
}

/** @throws Error if the box under `root` is not enrolled, or keeps something else. */
export function readEnrolment(root: string): Enrolment {
  const credentials = readFileSync(join(root, "etc/wisptools/credentials"), "utf8");
  const epcId = /^EPC_ID=(.*)$/m.exec(credentials)?.[1];
  const registration = JSON.parse(readFileSync(join(root, "var/lib/wisptools/state/registration.json"), "utf8"));
  const { diameter, network_config: network } = registration as {
    diameter?: { realm?: string };
    network_config?: { mcc?: string; mnc?: string };
  };
  if (!epcId || !diameter?.realm || !network?.mcc || !network.mnc)
    throw new Error("the box's registration is not whole");
  return { epcId, realm: diameter.realm, plmn: { mcc: network.mcc, mnc: network.mnc } };
}
