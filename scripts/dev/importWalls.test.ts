import { describe, expect, it } from "vitest";
import { breaches, WALLS } from "./importWalls.ts";

// One row per wall at least: an import that breaks it, and below, imports that look alike and are right.
const BROKEN = [
  ["packages/core/src/api/epc.ts", 'import { readFileSync } from "node:fs";', "core"],
  ["packages/core/src/api/epc.ts", 'import { store } from "../../../store/src/index.ts";', "core"],
  ["packages/core/src/paths.ts", 'import type { Request } from "express";', "core"],
  ["functions/src/operations/enrol.ts", 'import { getFirestore } from "firebase-admin/firestore";', "store alone"],
  ["daemon/src/main.ts", 'const { Storage } = await import("@google-cloud/storage");', "store alone"],
  ["packages/store/src/people.ts", 'import { config } from "../../../functions/src/config.ts";', "store knows core"],
  [
    "hosting/src/features/fleet/Page.svelte",
    '<script lang="ts">import { epcs } from "@wisptools/store";</script>',
    "HTTP",
  ],
  ["hosting/src/ui/Login.svelte", '<script lang="ts">\nimport { getAuth } from "firebase/auth";\n</script>', "web SDK"],
  ["functions/src/operations/enrol.ts", 'import express from "express";', "express"],
  ["functions/src/operations/enrol.ts", 'import { app } from "../http/app.ts";', "operation"],
  ["functions/src/config.ts", 'import { peer } from "../../daemon/src/diameter/peer.ts";', "each other"],
  ["daemon/src/main.ts", 'export { config } from "../../functions/src/config.ts";', "each other"],
  ["daemon/src/diameter/server.ts", 'import { air } from "../hss/air.ts";', "protocol only"],
] as const;

const RIGHT = [
  ["packages/core/src/api/epc.ts", 'import { z } from "zod";\nimport { paths } from "../paths.ts";'],
  ["packages/core/src/api/epc.test.ts", 'import { it } from "vitest";'],
  ["packages/store/src/firebase.ts", 'import { getFirestore } from "firebase-admin/firestore";'],
  ["functions/src/http/app.ts", 'import express from "express";\nimport { Epc } from "@wisptools/core";'],
  ["hosting/src/data/firebase.ts", 'import { getAuth } from "firebase/auth";'],
  ["scripts/dev/seed.ts", 'import { getAuth } from "firebase-admin/auth";'],
  ["daemon/src/hss/air.ts", 'import { avp } from "../diameter/avp.ts";'],
  ["functions/src/operations/enrol.ts", '// import express from "express";\nconst text = "import x from \'express\'";'],
] as const;

describe("import walls", () => {
  it.each(BROKEN)("%s may not: %s", (file, text, why) => {
    expect(breaches(file, text).join("\n")).toContain(why);
  });

  it.each(RIGHT)("%s may: %s", (file, text) => {
    expect(breaches(file, text)).toEqual([]);
  });

  it("has a broken example of every wall", () => {
    const seen = BROKEN.flatMap(([file, text]) => breaches(file, text)).join("\n");
    expect(WALLS.filter(({ why }) => !seen.includes(why))).toEqual([]);
  });
});
