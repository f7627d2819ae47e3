import { readFileSync } from "node:fs";
import { initializeTestEnvironment, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import {
  deleteObject,
  type FirebaseStorage,
  getBytes,
  getDownloadURL,
  getMetadata,
  listAll,
  ref,
  updateMetadata,
  uploadString,
} from "firebase/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objects } from "../../packages/core/src/paths.ts";
import { EPC, HOME } from "./access.ts";
import { letIn } from "./attempts.ts";
import { wildcards } from "./collections.ts";
import { everyone, type Person } from "./people.ts";

const PROJECT = "demo-rules";
const RULES = new URL("../../storage.rules", import.meta.url);

/** An object of every kind that core names, and others that nobody named. */
const NAMES = {
  ...Object.fromEntries(Object.entries(objects).map(([kind, name]) => [kind, named(name)])),
  "an unnamed object of a tenant": `tenants/${HOME}/unnamed`,
  "an object at the top": "unnamed",
};

function named(name: (...parts: never[]) => string): string {
  const [, ...rest] = wildcards(name.length);
  return name(...([HOME, EPC, ...rest].slice(0, name.length) as never[]));
}

let env: RulesTestEnvironment;
let people: Person[];

/** The modular SDK works on what the library's older one opens; only their types differ. */
const bucketOf = (context: Person["context"]) => context.storage() as unknown as FirebaseStorage;

beforeAll(async () => {
  env = await initializeTestEnvironment({ projectId: PROJECT, storage: { rules: readFileSync(RULES, "utf8") } });
  people = everyone(env);
  await env.withSecurityRulesDisabled(async (context) => {
    for (const name of Object.values(NAMES)) await uploadString(ref(bucketOf(context), name), "#!/bin/sh\n");
  });
});
afterAll(() => env?.cleanup());

describe.each(Object.entries(NAMES))("%s", (_, name) => {
  const at = ({ context }: Person) => ref(bucketOf(context), name);

  it("can be read by nobody", async () => {
    expect(await letIn(people, (person) => getBytes(at(person)))).toEqual([]);
    expect(await letIn(people, (person) => getMetadata(at(person)))).toEqual([]);
    expect(await letIn(people, (person) => getDownloadURL(at(person)))).toEqual([]);
  });

  it("can be listed by nobody", async () => {
    expect(await letIn(people, (person) => listAll(at(person).parent ?? at(person)))).toEqual([]);
  });

  it("can be written by nobody", async () => {
    const beside = ({ context }: Person) => ref(bucketOf(context), `${name}.new`);
    expect(await letIn(people, (person) => uploadString(beside(person), "true"))).toEqual([]);
    expect(await letIn(people, (person) => uploadString(at(person), "true"))).toEqual([]);
    expect(await letIn(people, (person) => updateMetadata(at(person), { cacheControl: "no-store" }))).toEqual([]);
    expect(await letIn(people, (person) => deleteObject(at(person)))).toEqual([]);
  });

  it("is there: the refusals are the rules', not the bucket's", async () => {
    await env.withSecurityRulesDisabled(async (context) => {
      const bytes = await getBytes(ref(bucketOf(context), name));
      expect(new TextDecoder().decode(bytes)).toBe("#!/bin/sh\n");
    });
  });
});
