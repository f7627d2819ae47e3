// Everyone who might come to the door of tenant HOME.
import type { RulesTestContext, RulesTestEnvironment } from "@firebase/rules-unit-testing";
import { collection, doc, type Firestore, setDoc, setLogLevel, writeBatch } from "firebase/firestore";
import { atLeast, ROLES, type Role } from "../../packages/core/src/domain/roles.ts";
import { paths } from "../../packages/core/src/paths.ts";
import { ACCESS, EPC, FOREIGN, HOME, type Least, SELF } from "./access.ts";

// A refused read is what most of these tests want; the SDK would warn of each.
setLogLevel("silent");

export type Person = { name: string; uid: string | undefined; role: Role | undefined; context: RulesTestContext };
export type Reader = Person & { db: Firestore };

type Claims = Record<string, unknown>;
const everyClaim: Claims = { role: "owner", tenant_id: HOME, tenantId: HOME, tenants: { [HOME]: "owner" } };
const platform: Claims = { platform: true, platform_admin: true, platformAdmin: true, admin: true };

export function everyone(env: RulesTestEnvironment): Person[] {
  const signedIn = (name: string, role: Role | undefined, claims?: Claims): Person => ({
    name,
    uid: name,
    role,
    context: env.authenticatedContext(name, claims),
  });
  return [
    ...ROLES.map((role) => signedIn(role, role)),
    signedIn("foreign-owner", undefined),
    signedIn("removed", undefined, everyClaim),
    signedIn("platform-admin", undefined, platform),
    signedIn("claims-only", undefined, everyClaim),
    signedIn("unknown-role", undefined),
    { name: "signed-out", uid: undefined, role: undefined, context: env.unauthenticatedContext() },
  ];
}

/** The modular SDK works on what the library's older one opens; only their types differ. */
export function firestoreOf(context: RulesTestContext): Firestore {
  return context.firestore() as unknown as Firestore;
}

export function readers(env: RulesTestEnvironment): Reader[] {
  return everyone(env).map((person) => ({ ...person, db: firestoreOf(person.context) }));
}

/** Names of those whom the table lets in. */
export function allowed(people: Person[], least: Least): string[] {
  return people.filter((person) => passes(person, least)).map(({ name }) => name);
}

function passes({ uid, role }: Person, least: Least): boolean {
  if (least === "nobody") return false;
  if (least === "self") return uid === SELF;
  return role !== undefined && atLeast(role, least);
}

/** Every document of the table, members with each role, and one who was a member. */
export async function furnish(env: RulesTestEnvironment): Promise<void> {
  await env.clearFirestore();
  await env.withSecurityRulesDisabled(async (context) => {
    const db = firestoreOf(context);
    const batch = writeBatch(db);
    for (const row of ACCESS) batch.set(doc(db, row.document), { schemaVersion: 1, state: "pending" });
    for (const role of ROLES) batch.set(doc(db, paths.member(HOME, role)), { uid: role, role });
    batch.set(doc(db, paths.member(HOME, "unknown-role")), { uid: "unknown-role", role: "superuser" });
    batch.set(doc(db, paths.member(HOME, "removed")), { uid: "removed", role: "owner" });
    batch.set(doc(db, paths.tenant(FOREIGN)), { schemaVersion: 1 });
    batch.set(doc(db, paths.member(FOREIGN, "foreign-owner")), { uid: "foreign-owner", role: "owner" });
    batch.set(doc(db, paths.epc(FOREIGN, EPC)), { schemaVersion: 1 });
    await batch.commit();
    await remove(db, "removed");
  });
}

/** As the operation does it; the person's own document still remembers the tenant. */
async function remove(db: Firestore, uid: string): Promise<void> {
  const batch = writeBatch(db);
  batch.delete(doc(db, paths.member(HOME, uid)));
  await batch.commit();
  await setDoc(doc(collection(db, "users"), uid), { uid, tenants: { [HOME]: { role: "owner" } } });
}
