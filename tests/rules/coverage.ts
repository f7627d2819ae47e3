// What the Firestore emulator recorded of each expression of the rules (its `:ruleCoverage` report).
import { mkdirSync, writeFileSync } from "node:fs";

/** `{}` and an `undefined` without a cause stand for an expression that was passed over, not evaluated. */
type Value = { boolValue?: boolean; undefined?: object } & Record<string, unknown>;
type Expression = {
  sourcePosition: { line: number; currentOffset: number; endOffset: number };
  values?: { value: Value; count: number }[];
  children?: Expression[];
};
export type Coverage = { rules: { files: { content: string }[] }; report: Expression[] };

const ARTEFACTS = new URL("../../test-artefacts/", import.meta.url);

async function ask(project: string, report: "ruleCoverage" | "ruleCoverage.html"): Promise<Response> {
  const host = process.env.FIRESTORE_EMULATOR_HOST;
  const reply = await fetch(`http://${host}/emulator/v1/projects/${project}:${report}`);
  if (!reply.ok) throw new Error(`the Firestore emulator answers ${reply.status} for the rules' coverage`);
  return reply;
}

export async function readCoverage(project: string): Promise<Coverage> {
  return (await (await ask(project, "ruleCoverage")).json()) as Coverage;
}

/** The emulator's own page of the report, for people. */
export async function saveCoverageReport(project: string): Promise<void> {
  const page = await (await ask(project, "ruleCoverage.html")).text();
  mkdirSync(ARTEFACTS, { recursive: true });
  writeFileSync(new URL("rules-coverage.html", ARTEFACTS), page);
}

/** Expressions that no test reached; of those inside one another only the outermost. */
export function neverEvaluated({ rules, report }: Coverage): string[] {
  const unseen = (expression: Expression): Expression[] =>
    wasEvaluated(expression) ? (expression.children ?? []).flatMap(unseen) : [expression];
  return report.flatMap(unseen).map((expression) => quote(rules, expression));
}

/** Conditions and predicates that were only ever true, or never. */
export function oneSided({ rules, report }: Coverage): string[] {
  const lacks = (expression: Expression) => {
    const seen = new Set((expression.values ?? []).map(({ value }) => value.boolValue));
    return (seen.has(true) || seen.has(false)) && !(seen.has(true) && seen.has(false));
  };
  return report.filter(lacks).map((expression) => quote(rules, expression));
}

function wasEvaluated({ values = [] }: Expression): boolean {
  return values.some(({ value }) => {
    const [kind] = Object.keys(value);
    return kind === "undefined" ? Object.keys(value.undefined ?? {}).length > 0 : kind !== undefined;
  });
}

function quote(rules: Coverage["rules"], { sourcePosition: at }: Expression): string {
  return `line ${at.line}: ${rules.files[0]?.content.slice(at.currentOffset, at.endOffset + 1)}`;
}
