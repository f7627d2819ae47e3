import { paths } from "@wisptools/core/paths";
import { collection, getDocs, limit, query } from "firebase/firestore";
import { db } from "./firebase.ts";

/** The most the rules let a list answer; a tenant has fewer EPCs unless its limit was raised. */
export const TACS_LIMIT = 1000;

/** The tracking area codes that the tenant's EPCs hold. */
export async function readTakenTacs(tenantId: string): Promise<Set<number>> {
  const taken = await getDocs(query(collection(db, paths.tacs(tenantId)), limit(TACS_LIMIT)));
  return new Set(taken.docs.map((one) => Number(one.id)));
}
