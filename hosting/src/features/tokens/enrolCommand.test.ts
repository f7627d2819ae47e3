import { expect, it } from "vitest";
import { enrolCommand } from "./enrolCommand.ts";

it("hands the token over through standard input", () => {
  expect(enrolCommand("https://x.example", "tenant_a", "wt_enroll_1").split("\n")).toEqual([
    "curl -fsSL https://x.example/enrol.sh -o enrol.sh &&",
    "printf %s 'wt_enroll_1' | sudo sh enrol.sh \\",
    "  --url https://x.example \\",
    "  --tenant tenant_a \\",
    "  --token-file -",
  ]);
});

it("does without a token, and says that plain http is meant", () => {
  expect(enrolCommand("http://127.0.0.1:5000", "tenant_a").split("\n")).toEqual([
    "curl -fsSL http://127.0.0.1:5000/enrol.sh -o enrol.sh &&",
    "sudo sh enrol.sh \\",
    "  --url http://127.0.0.1:5000 \\",
    "  --tenant tenant_a \\",
    "  --allow-http",
  ]);
});
