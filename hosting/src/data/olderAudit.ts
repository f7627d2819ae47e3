import { AuditEntry } from "@wisptools/core/documents/access";
import { paths } from "@wisptools/core/paths";
import { collection, getDocs, limit, orderBy, query, startAt } from "firebase/firestore";
import { db } from "./firebase.ts";

export const AUDIT_PAGE = 200;

/** The audit entries of `at` and before, newest first: one page, read once, as nothing in it changes any more. Those of `at` itself may be known. */
export async function readOlderAudit(tenantId: string, at: Date): Promise<AuditEntry[]> {
  const wanted = query(collection(db, paths.audits(tenantId)), orderBy("at", "desc"), startAt(at), limit(AUDIT_PAGE));
  const page = await getDocs(wanted);
  return page.docs.flatMap((one) => {
    const parsed = AuditEntry.safeParse(one.data());
    return parsed.success ? [parsed.data] : [];
  });
}
