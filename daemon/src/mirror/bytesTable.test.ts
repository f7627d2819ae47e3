import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEnvironment } from "./environment.ts";

const folder = mkdtempSync(join(tmpdir(), "bytes-table-"));
let environment: ReturnType<typeof openEnvironment>;

beforeAll(() => {
  environment = openEnvironment(join(folder, "data"));
});

afterAll(async () => {
  await environment.root.close();
  rmSync(folder, { recursive: true, force: true });
});

test("gives what was written, of any length, and keeps it through later reads", async () => {
  const { subscribers, root } = environment;
  const values = [0, 1, 300, 4095, 4096, 5000, 100_000, 2, 299].map((length) => randomBytes(length));
  for (const [n, value] of values.entries()) void subscribers.put(`${n}`, value);
  await root.flushed;
  await new Promise((resolve) => setTimeout(resolve, 10));
  const read = values.map((_, n) => subscribers.get(`${n}`));
  expect(read.map((each, n) => each?.equals(values[n] as Buffer))).toEqual(values.map(() => true));
  expect(subscribers.get("none")).toBeUndefined();
});

test("gives each reader bytes of its own", async () => {
  const { subscribers, root } = environment;
  void subscribers.put("own", Buffer.from("as written"));
  await root.flushed;
  await new Promise((resolve) => setTimeout(resolve, 10));
  subscribers.get("own")?.fill(0);
  expect(subscribers.get("own")?.toString()).toBe("as written");
});
