import { createRollout } from "@wisptools/core/api/rollouts";
import { ApiError, type Issue } from "../../../data/apiError.ts";
import type { PlanBody } from "./draft.ts";

export interface Step {
  name: string;
  title: string;
  /** Fields of the API whose faults this step shows. */
  fields: readonly string[];
}

export const STEPS: readonly Step[] = [
  { name: "packages", title: "Packages", fields: ["channel", "packages"] },
  { name: "target", title: "EPCs", fields: ["target"] },
  { name: "strategy", title: "Strategy", fields: ["strategy"] },
  { name: "review", title: "Review", fields: ["name"] },
];

const belongsTo = (step: Step) => (issue: Issue) =>
  step.fields.some((field) => issue.field === field || issue.field.startsWith(`${field}.`));

/** The step that shows a fault; the last one shows what no field does. */
export function stepOf(issue: Issue): number {
  const found = STEPS.findIndex((step) => belongsTo(step)(issue));
  return found < 0 ? STEPS.length - 1 : found;
}

/** What people read instead of a schema's own words. */
function worded({ field, message }: Issue): Issue {
  if (field === "packages") return { field, message: "Choose at least one package, and at most 50." };
  if (field === "target.installed.versions")
    return { field, message: "Choose at least one version, or no package at all." };
  if (field === "strategy.window.days") return { field, message: "Choose at least one day." };
  if (/expected (int|number)|NaN/i.test(message)) return { field, message: "Enter a whole number." };
  return { field, message };
}

/** Everything that the contract has against a plan, at its fields. */
export function faultsOf(body: PlanBody): Issue[] {
  const parsed = createRollout.body.safeParse(body);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) =>
    worded({ field: issue.path.map(String).join("."), message: issue.message }),
  );
}

/** Throws what is wrong with what a step asks for; the server has the last word. */
export function checkStep(step: Step, body: PlanBody): void {
  const issues = faultsOf(body).filter(belongsTo(step));
  if (issues.length > 0) throw new ApiError("invalid-argument", "Please correct the marked fields.", { issues });
}
