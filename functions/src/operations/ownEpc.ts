import { AppError, type EpcId } from "@wisptools/core";
import type { DeviceCaller } from "../caller.ts";

/** A device speaks for itself alone; any other id is not found, whoever's it is. */
export function ownEpc(caller: DeviceCaller, epcId: EpcId): DeviceCaller {
  if (epcId !== caller.epcId) throw new AppError("not-found", "EPC not found", { field: "epc_id" });
  return caller;
}
