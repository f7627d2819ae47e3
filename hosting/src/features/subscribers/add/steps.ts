import { createSubscriber } from "@wisptools/core/api/subscribers";
import { isOfPlmn } from "@wisptools/core/domain/imsi";
import { type Plmn, plmnText } from "@wisptools/core/domain/plmn";
import type { Catalogue } from "@wisptools/core/domain/subscription/profile";
import { ApiError, asApiError, type Issue } from "../../../data/apiError.ts";
import { type SubscriberDraft, toBody } from "../shared/draft.ts";
import { checkKeys, type KeysDraft, keyInput } from "../shared/keys.ts";

export interface Step {
  name: string;
  title: string;
  /** Fields of the API whose faults this step shows. */
  fields: readonly string[];
}

export const STEPS: readonly Step[] = [
  { name: "identity", title: "Identity", fields: ["imsi", "msisdn", "iccid", "label"] },
  { name: "keys", title: "Keys", fields: ["algorithm", "amf", "keys"] },
  {
    name: "service",
    title: "Plan and access",
    fields: ["group_id", "plan_id", "apn_ids", "static_addresses", "imei", "roaming", "denied_rats"],
  },
  { name: "review", title: "Review", fields: ["status"] },
];

export type NewBody = (typeof createSubscriber)["body"]["_zod"]["input"];

export function newBody(
  imsi: string,
  draft: SubscriberDraft,
  keys: KeysDraft,
  status: "active" | "suspended",
): NewBody {
  return {
    ...toBody(draft),
    imsi: imsi.replace(/\s/g, "") as NewBody["imsi"],
    status,
    algorithm: keys.algorithm,
    amf: keys.amf.trim(),
    keys: keyInput(keys),
  };
}

/** The plan and the APN profile every tenant begins with; the server gives them to a new subscriber that would have none. */
const DEFAULTS = { planId: "default", apnId: "internet" };

/** The draft with what the server will fill in. */
export function withDefaults(draft: SubscriberDraft, catalogue: Catalogue): SubscriberDraft {
  const group = draft.groupId ? catalogue.group(draft.groupId) : undefined;
  const lacksPlan = !draft.planId && !group?.planId && catalogue.plan(DEFAULTS.planId) !== undefined;
  const lacksApn = !(draft.ownApns ? draft.apnIds : group?.apnIds)?.length && catalogue.apn(DEFAULTS.apnId);
  return {
    ...draft,
    ...(lacksPlan ? { planId: DEFAULTS.planId } : {}),
    ...(lacksApn ? { ownApns: true, apnIds: [DEFAULTS.apnId] } : {}),
  };
}

const belongsTo = (step: Step) => (issue: Issue) =>
  step.fields.some((field) => issue.field === field || issue.field.startsWith(`${field}.`));

/** The step that shows a fault, by its place; the last one shows what no field does. */
export function stepOf(issue: Issue): number {
  const found = STEPS.findIndex((step) => belongsTo(step)(issue));
  return found < 0 ? STEPS.length - 1 : found;
}

function homeFault(imsi: string, plmns: readonly Plmn[]): Issue[] {
  if (plmns.length === 0 || plmns.some((plmn) => isOfPlmn(imsi, plmn))) return [];
  const known = plmns.map((plmn) => `${plmn.mcc}${plmn.mnc} (${plmnText(plmn)})`).join(" or ");
  return [{ field: "imsi", message: `must begin with your network's codes: ${known}` }];
}

function keyFaults(keys: KeysDraft): Issue[] {
  try {
    checkKeys(keys);
    return [];
  } catch (error) {
    return [...asApiError(error).issues];
  }
}

/** Everything wrong with what a step asks for. Throws ApiError; the server has the last word. */
export function checkStep(step: Step, body: NewBody, keys: KeysDraft, plmns: readonly Plmn[]): void {
  const parsed = createSubscriber.body.safeParse(body);
  const shape = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({ field: issue.path.map(String).join("."), message: issue.message }));
  const issues = shape.filter(belongsTo(step));
  if (issues.length === 0 && step.name === "identity") issues.push(...homeFault(body.imsi, plmns));
  if (issues.length === 0 && step.name === "keys") issues.push(...keyFaults(keys));
  if (issues.length > 0) throw new ApiError("invalid-argument", "Please correct the marked fields.", { issues });
}
