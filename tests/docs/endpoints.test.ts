// The tables of docs/ may not drift from the contracts: each endpoint stands in both, with its method, path and access.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as api from "../../packages/core/src/api/index.ts";
import { collectionsOf } from "../rules/collections.ts";

type Contract = { method: string; path: string; auth: { kind: string; permission?: string } };

const isContract = (value: unknown): value is Contract =>
  typeof value === "object" && value !== null && "method" in value && "path" in value && "auth" in value;

/** The first four cells of an endpoint's row: name, method, path, who may call. */
function rowOf(name: string, { method, path, auth }: Contract): string {
  const who = auth.permission ? `${auth.kind}: ${auth.permission}` : auth.kind;
  return `| ${name} | ${method.toUpperCase()} | \`${path}\` | ${who} |`;
}

function rowsOf(text: string): string[] {
  const rows = [...text.matchAll(/^\| (\w+) \| (GET|POST|PUT|PATCH|DELETE) \| (`[^`]+`) \| ([^|]+) \|/gm)];
  return rows.map(([, ...cells]) => `| ${cells.join(" | ")} |`).sort();
}

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const contracts = (Object.entries(api) as [string, unknown][])
  .filter((entry): entry is [string, Contract] => isContract(entry[1]))
  .map(([name, contract]) => rowOf(name, contract))
  .sort();

describe.each(["api.md", "data-model.md"])("docs/%s", (name) => {
  it("has a row for every endpoint of core/api as it is, and no other", () => {
    expect(rowsOf(read(name))).toEqual(contracts);
  });
});

it("docs/data-model.md describes every collection that core knows", () => {
  const text = read("data-model.md").replace(/\{[A-Za-z0-9]+\}/g, "{}");
  const missing = collectionsOf()
    .map((collection) => collection.replace(/\{\d\}/g, "{}"))
    .filter((collection) => !text.includes(`\`${collection}/{}\``));
  expect(missing).toEqual([]);
});
