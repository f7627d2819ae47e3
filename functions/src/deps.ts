import type { DiameterSettings } from "@wisptools/core";
import type { Store, TaskQueue } from "@wisptools/store";
import type { WebhookReach } from "./operations/webhooks/reach.ts";

/** A .deb that travels with the functions. */
export interface DevicePackage {
  filename: string;
  content: Uint8Array;
}

/** What operations need besides their caller and input. */
export interface Deps {
  store: Store;
  now(): Date;
  /** Work that other functions do later. */
  tasks: Pick<TaskQueue, "enqueue">;
  /** Where deliveries of webhooks may go. */
  webhooks: WebhookReach;
  /** scripts/device by path: what a deployment script puts on the box. */
  deviceFiles: Readonly<Record<string, string>>;
  /** The packages of ours that every tenant's repository holds. */
  devicePackages: readonly DevicePackage[];
  /** Where every tenant's EPCs find the platform's HSS and PCRF, unless their tenant says otherwise. */
  diameter: Pick<DiameterSettings, "hssIdentity" | "hssHost" | "pcrfIdentity" | "pcrfHost">;
}
