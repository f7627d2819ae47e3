import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countTap, countVitest } from "./counts.ts";

function report(...files: { status: string; tests: string[] }[]): string {
  const testResults = files.map(({ status, tests }, file) => ({
    name: `file${file}.test.ts`,
    status,
    assertionResults: tests.map((result, index) => ({ fullName: `test ${index}`, status: result })),
  }));
  const path = join(mkdtempSync(join(tmpdir(), "counts-")), "report.json");
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

describe("counting vitest's report", () => {
  it.each([
    ["all passed", report({ status: "passed", tests: ["passed", "passed"] }), 0, 2, 0],
    ["one failed", report({ status: "failed", tests: ["passed", "failed"] }), 1, 1, 1],
    ["a skipped test is a failed one", report({ status: "passed", tests: ["passed", "skipped"] }), 0, 1, 1],
    ["so is a todo", report({ status: "passed", tests: ["passed", "todo"] }), 0, 1, 1],
    ["a file that did not load", report({ status: "failed", tests: [] }), 1, 0, 1],
    ["an error outside tests", report({ status: "passed", tests: ["passed"] }), 1, 1, 1],
    ["nothing ran", report(), 0, 0, 1],
    ["a crash", "/nonexistent/report.json", 139, 0, 1],
  ])("%s", (_, file, status, passed, failed) => {
    expect(countVitest(file, status)).toMatchObject({ passed, failed });
  });
});

describe("what vitest says of a failure", () => {
  const told = (status: string) => {
    const path = join(mkdtempSync(join(tmpdir(), "counts-")), "report.json");
    const failureMessages = ["Error: expected 1 to be 2\n    at somewhere"];
    const assertionResults = [{ fullName: "counts", status, failureMessages }];
    writeFileSync(path, JSON.stringify({ testResults: [{ name: "file.test.ts", status, assertionResults }] }));
    return countVitest(path, status === "passed" ? 0 : 1);
  };

  it("is told with its reason", () => {
    expect(told("failed").notes).toEqual(["failed: counts: Error: expected 1 to be 2"]);
  });

  it("is told of a test that passed on its second try too", () => {
    const { passed, failed, notes } = told("passed");
    expect([passed, failed]).toEqual([1, 0]);
    expect(notes).toEqual(["only the second try passed: counts: Error: expected 1 to be 2"]);
  });
});

describe("counting TAP", () => {
  it.each([
    ["all passed", "1..2\nok 1 boots\nok 2 enrols", 0, 2, 0],
    ["one failed", "1..2\nok 1 boots\nnot ok 2 enrols\n# in test file", 1, 1, 1],
    ["a skipped test is a failed one", "1..2\nok 1 boots\nok 2 enrols # skip no network", 0, 1, 1],
    ["stopped half way", "1..3\nok 1 boots", 1, 1, 2],
    ["no output", "", 127, 0, 1],
  ])("%s", (_, text, status, passed, failed) => {
    expect(countTap(text, status)).toMatchObject({ passed, failed });
  });
});
