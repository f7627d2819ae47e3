// Turns machine-readable test results into numbers. What did not run did not pass: a skipped test counts as failed.
import { existsSync, readFileSync } from "node:fs";

export type Counts = { passed: number; failed: number; notes: string[] };

/** Full names of tests that may be skipped, each with the reason. */
const MAY_BE_SKIPPED: Record<string, string> = {};

type VitestReport = {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
};

export function countVitest(reportFile: string, status: number): Counts {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1, notes: ["crashed: wrote no report"] };
  const report = JSON.parse(readFileSync(reportFile, "utf8")) as VitestReport;
  const counts = sum(report.testResults.map(countFile));
  return failAtLeastOnce(counts, status);
}

function countFile(file: VitestReport["testResults"][number]): Counts {
  const counts = sum(file.assertionResults.map((test) => one(test.fullName, test.status, test.failureMessages?.[0])));
  if (file.status !== "failed" || counts.failed > 0) return counts;
  // The file did not load, or something outside its tests failed.
  return { ...counts, failed: 1, notes: [...counts.notes, `failed: ${file.name}: ${file.message ?? ""}`.trimEnd()] };
}

/** TAP version 12 and up, as bats writes it. */
export function countTap(text: string, status: number): Counts {
  const lines = text.split("\n").map((line) => /^(not )?ok \d+ ?(.*)$/.exec(line));
  const results = lines.filter((match) => match !== null);
  const counts = sum(results.map(([, not, title = ""]) => one(title.replace(/ # skip.*/i, ""), tapStatus(not, title))));
  const planned = Number(/^1\.\.(\d+)/m.exec(text)?.[1] ?? 0);
  const absent = Math.max(0, planned - results.length);
  const notes = absent > 0 ? [`${absent} planned tests did not run`] : [];
  return failAtLeastOnce(sum([counts, { passed: 0, failed: absent, notes }]), status);
}

function tapStatus(not: string | undefined, title: string): string {
  if (/ # skip/i.test(title)) return "skipped";
  return not ? "failed" : "passed";
}

function one(name: string, status: string, why = ""): Counts {
  const reason = why && `: ${why.split("\n")[0]}`;
  // A second try is no secret: who reads the result sees what was not steady, and why.
  if (status === "passed")
    return { passed: 1, failed: 0, notes: why ? [`only the second try passed: ${name}${reason}`] : [] };
  if (status !== "failed" && name in MAY_BE_SKIPPED) {
    return { passed: 0, failed: 0, notes: [`skipped: ${name} (${MAY_BE_SKIPPED[name]})`] };
  }
  return { passed: 0, failed: 1, notes: [`${status}: ${name}${reason}`] };
}

/** A runner that says it failed, failed, even if every test it reported passed; so did one that ran nothing. */
function failAtLeastOnce(counts: Counts, status: number): Counts {
  if (counts.failed > 0) return counts;
  if (status !== 0) return { ...counts, failed: 1, notes: [...counts.notes, `ended with status ${status}`] };
  if (counts.passed === 0 && counts.notes.length === 0) return { passed: 0, failed: 1, notes: ["ran no test"] };
  return counts;
}

export function sum(all: Counts[]): Counts {
  return {
    passed: all.reduce((total, { passed }) => total + passed, 0),
    failed: all.reduce((total, { failed }) => total + failed, 0),
    notes: all.flatMap(({ notes }) => notes),
  };
}
