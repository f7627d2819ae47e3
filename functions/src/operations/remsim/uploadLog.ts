import { AppError, type api } from "@wisptools/core";
import type { z } from "zod";
import type { RemsimCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { clientLog } from "./clientLog.ts";
import { registeredClient } from "./registeredClient.ts";

/** Text of one upload, bytes of UTF-8 with a line end for each line. */
export const LOG_UPLOAD_BYTES = 64 * 1024;

/** Keeps lines of a router's log for a week. One read, one write. */
export async function uploadLog(
  deps: Deps,
  caller: RemsimCaller,
  { client_id, lines }: z.infer<typeof api.uploadRemsimLog.body>,
): Promise<void> {
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  if (bytes > LOG_UPLOAD_BYTES) {
    throw new AppError("payload-too-large", `lines: ${bytes} bytes of text are more than ${LOG_UPLOAD_BYTES}`, {
      field: "lines",
    });
  }
  const { data } = await registeredClient(deps, caller, client_id);
  const write = deps.store.write();
  clientLog(deps, write, data, "log", lines);
  await write.commit();
}
