import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** What a leaked secret looks like: private keys, cloud credentials, bearer tokens of ours other than the demo world's. */
const SHAPES = [
  "BEGIN (RSA |EC |OPENSSH |PGP )?PRIVATE KEY",
  "AIza[0-9A-Za-z_-]{35}",
  '"private_key":',
  "gh[pousr]_[0-9A-Za-z]{36}",
  "wt_(enroll|key)_[0-9a-f]{40}",
];

it.each(SHAPES)("no tracked file holds /%s/", (shape) => {
  const args = ["grep", "-lE", shape, "--", ".", ":!package-lock.json", ":!tests/smoke/noSecrets.test.ts"];
  let found = "";
  try {
    found = execFileSync("git", args, { cwd: root, encoding: "utf8" });
  } catch (error) {
    expect((error as { status?: number }).status).toBe(1); // git grep: nothing found
  }
  expect(found).toBe("");
});
