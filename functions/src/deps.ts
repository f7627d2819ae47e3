import type { DiameterSettings } from "@wisptools/core";
import type { Store } from "@wisptools/store";

/** What operations need besides their caller and input. */
export interface Deps {
  store: Store;
  now(): Date;
  /** scripts/device by path: what a deployment script puts on the box. */
  deviceFiles: Readonly<Record<string, string>>;
  /** Where every tenant's EPCs find the platform's HSS and PCRF, unless their tenant says otherwise. */
  diameter: Pick<DiameterSettings, "hssIdentity" | "hssHost" | "pcrfIdentity" | "pcrfHost">;
}
