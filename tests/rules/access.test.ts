import { expect, it } from "vitest";
import { PERMISSIONS } from "../../packages/core/src/domain/roles.ts";
import { ACCESS } from "./access.ts";
import { collectionsOf } from "./collections.ts";

it("has a row for every collection that core knows, and no other", () => {
  expect(ACCESS.map((row) => row.collection).sort()).toEqual(collectionsOf());
});

it("finds the collection of a path, whether it names the collection or a document", () => {
  const spelled = { all: (t: string) => `a/${t}/b`, one: (t: string, id: string) => `a/${t}/b/${id}`, top: () => "a" };
  expect(collectionsOf(spelled)).toEqual(["a", "a/{0}/b"]);
});

it.each(ACCESS)("names a document of its own collection: $collection", ({ collection, document }) => {
  const shape = new RegExp(`^${collection.replace(/\{\d\}/g, "[^/]+")}/[^/]+$`);
  expect(document).toMatch(shape);
});

it("asks for the same roles as the server's operations", () => {
  const least = (collection: string) => ACCESS.find((row) => row.collection === collection)?.list;
  expect(least("tenants/{0}/epcs")).toBe(PERMISSIONS["epcs.read"]);
  expect(least("tenants/{0}/subscribers")).toBe(PERMISSIONS["subscribers.read"]);
  expect(least("tenants/{0}/claims")).toBe(PERMISSIONS["claims.decide"]);
  expect(least("tenants/{0}/invitations")).toBe(PERMISSIONS["members.manage"]);
  expect(least("tenants/{0}/enrolmentTokens")).toBe(PERMISSIONS["enrolmentTokens.manage"]);
  expect(least("tenants/{0}/apiKeys")).toBe(PERMISSIONS["apiKeys.manage"]);
  expect(least("tenants/{0}/audit")).toBe(PERMISSIONS["audit.read"]);
});
