import { Epc } from "@wisptools/core/documents/epc";
import { paths } from "@wisptools/core/paths";
import { LiveDocument } from "./live.svelte.ts";

const Named = Epc.pick({ siteName: true });
interface Entry {
  live: LiveDocument<{ siteName: string }>;
  users: number;
  close: () => void;
}
const known = new Map<string, Entry>();

/** Follows an EPC's document for its name, once for however many show it. Call within an effect; `end` ends the use. */
export function useEpcName(tenantId: string, epcId: string): { live: Entry["live"]; end: () => void } {
  const path = paths.epc(tenantId, epcId);
  let entry = known.get(path);
  if (!entry) {
    const live = new LiveDocument<{ siteName: string }>();
    entry = { live, users: 0, close: live.open({ path, schema: Named }) };
    known.set(path, entry);
  }
  const mine = entry;
  mine.users++;
  const end = () => {
    if (--mine.users > 0) return;
    mine.close();
    known.delete(path);
  };
  return { live: mine.live, end };
}
