import { configDefaults, defineConfig } from "vitest/config";

const never = [...configDefaults.exclude, "**/lib/**", "**/.cache/**", "test-artefacts/**"];
const apart = ["tests/browser/**", "tests/smoke/**", "tests/interop/**"];

export default defineConfig({
  test: {
    // A test that finds nothing to run, or runs only what somebody is working on, must not pass.
    passWithNoTests: false,
    allowOnly: false,
    // The emulators stall for seconds now and then. A test that needs its second try is named in the result (counts.ts).
    retry: 1,
    projects: [
      {
        test: {
          name: "unit",
          maxWorkers: 2,
          include: ["**/*.test.ts"],
          exclude: [...never, ...apart, "tests/rules/**", "**/*.stack.test.ts"],
        },
      },
      {
        // These share the emulators that with-stack or `npm test` started; two files at a time keep two cores busy.
        test: {
          name: "stack",
          setupFiles: ["tests/rules/needIndexes.ts"],
          include: ["**/*.stack.test.ts", "tests/rules/**/*.test.ts"],
          exclude: [...never, ...apart],
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "smoke",
          include: ["tests/smoke/**/*.test.ts"],
          exclude: never,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          exclude: never,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "interop",
          include: ["tests/interop/**/*.test.ts"],
          exclude: never,
          // Each box has a kernel's namespaces and a tenant of its own, and waits much of its time.
          maxWorkers: 2,
          globalSetup: "tests/interop/chroot/makeRoot.ts",
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
