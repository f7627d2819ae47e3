import type { updateSubscriber } from "@wisptools/core/api/subscribers";
import type { Subscriber } from "@wisptools/core/documents/subscription";
import { type Plmn, plmnText } from "@wisptools/core/domain/plmn";
import { RatName, type Roaming, type SubscriberSettings } from "@wisptools/core/domain/subscription/settings";

/** A subscriber's settings as typed. Empty text = none, or the group's. */
export interface SubscriberDraft {
  label: string;
  msisdn: string;
  iccid: string;
  groupId: string;
  planId: string;
  ownApns: boolean;
  apnIds: string[];
  /** Fixed address by APN profile. */
  addresses: Record<string, string>;
  roaming: "" | Roaming["allowed"];
  /** `001/01 310/410` */
  plmns: string;
  ownRats: boolean;
  deniedRats: string[];
  imei: string;
}

export const emptyDraft = (): SubscriberDraft => ({
  label: "",
  msisdn: "",
  iccid: "",
  groupId: "",
  planId: "",
  ownApns: false,
  apnIds: [],
  addresses: {},
  roaming: "",
  plmns: "",
  ownRats: false,
  deniedRats: [],
  imei: "",
});

export function toDraft(subscriber: Omit<SubscriberSettings, "algorithm" | "amf" | "status">): SubscriberDraft {
  const { roaming } = subscriber;
  return {
    label: subscriber.label,
    msisdn: subscriber.msisdn ?? "",
    iccid: subscriber.iccid ?? "",
    groupId: subscriber.groupId ?? "",
    planId: subscriber.planId ?? "",
    ownApns: subscriber.apnIds !== undefined,
    apnIds: [...(subscriber.apnIds ?? [])],
    addresses: { ...subscriber.staticAddresses },
    roaming: roaming?.allowed ?? "",
    plmns: roaming?.allowed === "listed" ? roaming.plmns.map(plmnText).join(" ") : "",
    ownRats: subscriber.deniedRats !== undefined,
    deniedRats: [...(subscriber.deniedRats ?? [])],
    imei: subscriber.imei ?? "",
  };
}

/** `001/01, 310-410` or `00101`: what people write for networks. */
export function readPlmns(text: string): Plmn[] {
  return text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((one) => {
      const [mcc = "", mnc = ""] = /[/-]/.test(one) ? one.split(/[/-]/) : [one.slice(0, 3), one.slice(3)];
      return { mcc, mnc };
    });
}

export function readRoaming(draft: Pick<SubscriberDraft, "roaming" | "plmns">): Roaming | undefined {
  if (draft.roaming === "") return undefined;
  return draft.roaming === "listed" ? { allowed: "listed", plmns: readPlmns(draft.plmns) } : { allowed: draft.roaming };
}

function addressesOf(draft: SubscriberDraft): Record<string, string> {
  return Object.fromEntries(
    Object.entries(draft.addresses)
      .map(([apn, address]) => [apn, address.trim()] as const)
      .filter(([, address]) => address !== ""),
  );
}

const ratsOf = (draft: SubscriberDraft) =>
  draft.deniedRats.filter((rat): rat is RatName => RatName.safeParse(rat).success);

export type Body = (typeof updateSubscriber)["body"]["_zod"]["input"];

/** All of a draft as the API wants it; null where the group's holds. */
export function toBody(draft: SubscriberDraft) {
  const orNull = (text: string) => text.trim() || null;
  return {
    label: draft.label.trim(),
    msisdn: orNull(draft.msisdn),
    iccid: orNull(draft.iccid),
    group_id: orNull(draft.groupId),
    plan_id: orNull(draft.planId),
    apn_ids: draft.ownApns ? draft.apnIds : null,
    static_addresses: addressesOf(draft),
    roaming: readRoaming(draft) ?? null,
    denied_rats: draft.ownRats ? ratsOf(draft) : null,
    imei: orNull(draft.imei),
  } satisfies Body;
}

/** What the draft changes of what it began as. Untouched fields stay out, so nobody else's change is undone. */
export function changes(draft: SubscriberDraft, began: SubscriberDraft): Body {
  const [now, before] = [toBody(draft), toBody(began)];
  const differs = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]);
  return Object.fromEntries(Object.entries(now).filter(differs)) as Body;
}

/** The settings that a draft amounts to, to preview what they mean. */
export function toSettings(draft: SubscriberDraft, status: Subscriber["status"] = "active"): SubscriberSettings {
  const roaming = readRoaming(draft);
  const text = (name: "msisdn" | "iccid" | "imei" | "planId" | "groupId") =>
    draft[name].trim() ? { [name]: draft[name].trim() } : {};
  return {
    label: draft.label,
    status,
    ...text("msisdn"),
    ...text("iccid"),
    ...text("imei"),
    ...text("planId"),
    ...text("groupId"),
    ...(draft.ownApns ? { apnIds: draft.apnIds } : {}),
    staticAddresses: addressesOf(draft),
    ...(roaming ? { roaming } : {}),
    ...(draft.ownRats ? { deniedRats: ratsOf(draft) } : {}),
    algorithm: "milenage",
    amf: "8000",
  };
}

export const FIELD_WORDS: Record<keyof ReturnType<typeof toBody>, string> = {
  label: "Label",
  msisdn: "MSISDN",
  iccid: "ICCID",
  group_id: "Group",
  plan_id: "Plan",
  apn_ids: "APNs",
  static_addresses: "Fixed addresses",
  roaming: "Roaming",
  denied_rats: "Denied radio access",
  imei: "Only this device",
};

export interface Difference {
  field: string;
  before: string;
  after: string;
}

function words(value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  if (Array.isArray(value)) return value.join(", ") || "none";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).map(([name, one]) =>
    name === "allowed" ? String(one) : `${name} ${typeof one === "string" ? one : JSON.stringify(one)}`,
  );
  return entries.join(", ") || "none";
}

/** Field by field, what somebody else did between two states. */
export function differences(before: SubscriberDraft, after: SubscriberDraft): Difference[] {
  const [old, now] = [toBody(before), toBody(after)];
  return (Object.keys(FIELD_WORDS) as (keyof typeof FIELD_WORDS)[])
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => ({ field: FIELD_WORDS[name], before: words(old[name]), after: words(now[name]) }));
}

/** My changes, put on top of what the database has now. */
export function rebased(mine: SubscriberDraft, began: SubscriberDraft, stored: SubscriberDraft): SubscriberDraft {
  const kept = Object.entries(mine).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(began[name as keyof SubscriberDraft]),
  );
  return { ...structuredClone(stored), ...(Object.fromEntries(kept) as Partial<SubscriberDraft>) };
}
