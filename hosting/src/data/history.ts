import { HistoryHour } from "@wisptools/core/documents/epc";
import { hourId, type Sample } from "@wisptools/core/domain/telemetry";
import { paths } from "@wisptools/core/paths";
import { collection, documentId, getDocs, limit, orderBy, query, where } from "firebase/firestore";
import { db } from "./firebase.ts";

/** Hours of the longest chart, and one more because ranges start inside an hour. */
const MOST_HOURS = 25;

/** The flushed samples of an EPC from `from` to `to` (ms), by time. Newer ones ride in the EPC document. */
export async function history(tenantId: string, epcId: string, from: number, to: number): Promise<Sample[]> {
  const found = await getDocs(
    query(
      collection(db, paths.history(tenantId, epcId)),
      where(documentId(), ">=", hourId(from)),
      where(documentId(), "<=", hourId(to)),
      orderBy(documentId()),
      limit(MOST_HOURS),
    ),
  );
  return found.docs
    .flatMap((hour) => {
      const parsed = HistoryHour.safeParse(hour.data());
      return parsed.success ? Object.values(parsed.data.samples) : [];
    })
    .sort((a, b) => a.at - b.at);
}

/** Two lists of samples as one, each moment once, the second list's word being the newer. */
export function merged(older: readonly Sample[], newer: readonly Sample[]): Sample[] {
  const byTime = new Map([...older, ...newer].map((sample) => [sample.at, sample]));
  return [...byTime.values()].sort((a, b) => a.at - b.at);
}
