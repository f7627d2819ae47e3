import type { updateEpc } from "@wisptools/core/api/epcs";
import type { Epc } from "@wisptools/core/documents/epc";
import type { Tenant } from "@wisptools/core/documents/tenant";
import { plmnText, samePlmn } from "@wisptools/core/domain/plmn";

export interface ApnDraft {
  name: string;
  uePool: string;
}

/** The form as typed. Empty text = the tenant's own, or nothing. */
export interface Draft {
  siteName: string;
  tags: string;
  notes: string;
  latitude: string;
  longitude: string;
  plmn: string;
  tac: string;
  s1apAddress: string;
  ownApns: boolean;
  apns: ApnDraft[];
  dns: string;
  /** "" follows the script's default. */
  nat: "" | "yes" | "no";
  /** Whose policy the site's sessions get. */
  pcrf: "cloud" | "local";
  /** The channel its packages come from; "" is stable. */
  channel: string;
  /** "" is the tenant's. */
  timeZone: string;
}

type Body = (typeof updateEpc)["body"]["_zod"]["input"];
type Fields = Pick<Epc, "siteName" | "tags" | "notes" | "location" | "plmn" | "tac" | "settings" | "timeZone">;

export function toDraft(epc: Fields, tenant: Pick<Tenant, "apns"> | undefined): Draft {
  const { settings } = epc;
  return {
    siteName: epc.siteName,
    tags: epc.tags.join(" "),
    notes: epc.notes,
    latitude: epc.location ? String(epc.location.latitude) : "",
    longitude: epc.location ? String(epc.location.longitude) : "",
    plmn: plmnText(epc.plmn),
    tac: String(epc.tac),
    s1apAddress: settings.s1apAddress ?? "",
    ownApns: settings.apns !== undefined,
    apns: (settings.apns ?? tenant?.apns ?? []).map(({ name, uePool }) => ({ name, uePool })),
    dns: (settings.dns ?? []).join(" "),
    nat: settings.nat === undefined ? "" : settings.nat ? "yes" : "no",
    pcrf: settings.localPcrf ? "local" : "cloud",
    channel: settings.channel ?? "",
    timeZone: epc.timeZone ?? "",
  };
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

function settingsOf(draft: Draft): NonNullable<Body["settings"]> {
  const dns = words(draft.dns);
  return {
    ...(draft.s1apAddress.trim() ? { s1apAddress: draft.s1apAddress.trim() } : {}),
    ...(draft.ownApns
      ? { apns: draft.apns.map(({ name, uePool }) => ({ name: name.trim(), uePool: uePool.trim() })) }
      : {}),
    ...(dns.length > 0 ? { dns } : {}),
    ...(draft.nat ? { nat: draft.nat === "yes" } : {}),
    ...(draft.pcrf === "local" ? { localPcrf: true } : {}),
    ...(draft.channel ? { channel: draft.channel } : {}),
  };
}

function locationOf(draft: Draft): Body["location"] {
  if (!draft.latitude.trim() && !draft.longitude.trim()) return null;
  const degrees = (text: string) => (text.trim() === "" ? Number.NaN : Number(text.replace(",", ".")));
  return { latitude: degrees(draft.latitude), longitude: degrees(draft.longitude) };
}

/** What the draft changes of what it began as: a request's body. Untouched fields stay out, so nobody else's change is undone. */
export function changes(draft: Draft, began: Draft): Body {
  const body: Body = {};
  const [mcc = "", mnc = ""] = draft.plmn.split("/");
  const touched = (...fields: (keyof Draft)[]) =>
    fields.some((field) => JSON.stringify(draft[field]) !== JSON.stringify(began[field]));
  if (touched("siteName")) body.site_name = draft.siteName.trim();
  if (touched("tags")) body.tags = [...new Set(words(draft.tags))];
  if (touched("notes")) body.notes = draft.notes;
  if (touched("latitude", "longitude")) body.location = locationOf(draft);
  if (touched("plmn")) body.plmn = { mcc, mnc };
  if (touched("tac")) body.tac = Number(draft.tac);
  if (touched("s1apAddress", "ownApns", "dns", "nat", "pcrf", "channel") || (draft.ownApns && touched("apns")))
    body.settings = settingsOf(draft);
  if (touched("timeZone")) body.time_zone = draft.timeZone.trim() || null;
  return body;
}

/** Whether a change reaches the box, as a new version of its script. */
export function makesVersion(body: Body): boolean {
  return body.plmn !== undefined || body.tac !== undefined || body.settings !== undefined;
}

/** The PLMNs to choose from: the tenant's, and the EPC's own should the tenant have dropped it. */
export function plmnChoices(epc: Fields, tenant: Pick<Tenant, "plmns"> | undefined): string[] {
  const pool = tenant?.plmns ?? [];
  return (pool.some((one) => samePlmn(one, epc.plmn)) ? pool : [epc.plmn, ...pool]).map(plmnText);
}
