import { exportSubscribers } from "@wisptools/core/api/subscribers";
import { address, failure, send } from "./api.ts";

export type ExportFormat = "csv" | "open5gs";

/** All subscribers of a tenant as one text, page by page; `onpage` hears how many pages are in; some can't be written as Open5GS has them. Throws ApiError. */
export async function readExport(
  tenantId: string,
  format: ExportFormat,
  onpage: (pages: number) => void,
): Promise<{ text: string; leftOut: number }> {
  let text = "";
  let leftOut = 0;
  let token: string | undefined;
  for (let pages = 1; ; pages++) {
    const query = { tenant_id: tenantId, format, page_token: token };
    const reply = await send("get", address(exportSubscribers.path, { query }), undefined);
    if (!reply.ok) throw await failure(reply);
    text += await reply.text();
    onpage(pages);
    token = reply.headers.get("X-Next-Page-Token") ?? undefined;
    leftOut += Number(reply.headers.get("X-Left-Out") ?? 0);
    if (!token) return { text, leftOut };
  }
}
