// emulator-data/ is an export that nobody reads by eye: it must load, and hold the demo world.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { offsetFromEnvironment } from "../../scripts/dev/ports.ts";
import { signIn } from "../../scripts/dev/ready.ts";
import { type Stack, startStack } from "../../scripts/dev/stack.ts";

const data = join(import.meta.dirname, "../../emulator-data");
const BESIDE = 3000; // away from the emulators that the other tests use
let stack: Stack;

beforeAll(async () => {
  expect(existsSync(join(data, "firebase-export-metadata.json")), "npm run seed writes emulator-data/").toBe(true);
  const portOffset = offsetFromEnvironment() + BESIDE;
  stack = await startStack({ only: ["auth", "firestore", "storage"], portOffset, seed: false, importFrom: data });
});
afterAll(() => stack?.stop());

it("loads the demo tenants", async () => {
  const documents = `http://${stack.env.FIRESTORE_EMULATOR_HOST}/v1/projects/demo-wisptools/databases/(default)/documents`;
  const headers = { authorization: "Bearer owner" }; // the emulator's word for "past the rules"
  for (const tenant of ["tenant_wisp123", "tenant_lab_test"]) {
    expect((await fetch(`${documents}/tenants/${tenant}`, { headers })).status, tenant).toBe(200);
  }
});

it("lets the demo owner sign in", async () => {
  expect(await signIn(stack.env)).toMatch(/^ey/);
});
