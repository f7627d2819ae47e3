// A deployment uploads the functions folder alone and installs it from the registry. So do we, in an empty folder.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { agentVersion } from "../../scripts/release/agentPackage.ts";

const functions = join(import.meta.dirname, "../../functions");
const expected: string[] = JSON.parse(readFileSync(join(functions, "exports.json"), "utf8"));
const alone = mkdtempSync(join(tmpdir(), "functions-upload-"));
// Without what npm itself set for the script we run in, which points at the workspace.
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));

beforeAll(() => {
  execFileSync("sh", ["scripts/dev/lock-package.sh", "functions"], {
    cwd: join(functions, ".."),
    env: clean,
    stdio: "pipe",
  });
  for (const name of ["package.json", "package-lock.json", "lib"]) {
    cpSync(join(functions, name), join(alone, name), { recursive: true });
  }
  execFileSync("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund"], { cwd: alone, env: clean, stdio: "pipe" });
});
afterAll(() => rmSync(alone, { recursive: true, force: true }));

it("installs alone, loads, and exports the functions of the checked-in list", () => {
  const program = 'console.log(JSON.stringify(Object.keys(await import("./lib/index.js")).sort())); process.exit(0);';
  const names = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: alone,
    env: { ...clean, GCLOUD_PROJECT: "demo-wisptools", FIREBASE_CONFIG: '{"projectId":"demo-wisptools"}' },
    encoding: "utf8",
  });
  expect(JSON.parse(names.trim().split("\n").at(-1) ?? "")).toEqual(expected);
});

it("carries the packages of every tenant's repository", () => {
  const packages = readdirSync(join(alone, "lib/packages"));
  expect(packages).toEqual([`wisptools-agent_${agentVersion()}_all.deb`]);
  const program = `const { dependencies } = await import(${JSON.stringify(join(functions, "src/config.ts"))});
    const { devicePackages } = dependencies("./lib/device", "./lib/packages");
    console.log(JSON.stringify(devicePackages.map(({ filename }) => filename))); process.exit(0);`;
  const names = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: alone,
    env: { ...clean, GCLOUD_PROJECT: "demo-wisptools" },
    encoding: "utf8",
  });
  expect(JSON.parse(names)).toEqual(packages);
});

it("locks no version that the workspace was not tested with", () => {
  const versions = (lock: string): string[] => {
    const { packages } = JSON.parse(readFileSync(lock, "utf8")) as { packages: Record<string, { version: string }> };
    const registry = Object.entries(packages).filter(([path]) => path.includes("node_modules/"));
    return registry.map(([path, { version }]) => `${path.split("node_modules/").at(-1)} ${version}`);
  };
  const tested = new Set(versions(join(functions, "../package-lock.json")));
  expect(versions(join(functions, "package-lock.json")).filter((each) => !tested.has(each))).toEqual([]);
});
