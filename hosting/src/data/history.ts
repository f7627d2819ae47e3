import { HistoryHour } from "@wisptools/core/documents/epc";
import { RemsimHistoryHour, type RemsimSample } from "@wisptools/core/documents/remsim";
import { hourId, type Sample } from "@wisptools/core/domain/telemetry";
import { paths } from "@wisptools/core/paths";
import { collection, documentId, getDocs, limit, orderBy, query, where } from "firebase/firestore";
import { db } from "./firebase.ts";

/** Hours of the longest chart, and one more because ranges start inside an hour. */
const MOST_HOURS = 25;

/** The flushed samples of an EPC from `from` to `to` (ms), by time. Newer ones ride in the EPC document. */
export async function history(tenantId: string, epcId: string, from: number, to: number): Promise<Sample[]> {
  const hours = await hoursOf(paths.history(tenantId, epcId), from, to);
  return inOrder(hours.map((hour) => HistoryHour.safeParse(hour)));
}

/** The same of a remote-SIM client. */
export async function remsimHistory(tenantId: string, key: string, from: number, to: number): Promise<RemsimSample[]> {
  const hours = await hoursOf(paths.remsimHistory(tenantId, key), from, to);
  return inOrder(hours.map((hour) => RemsimHistoryHour.safeParse(hour)));
}

async function hoursOf(path: string, from: number, to: number): Promise<unknown[]> {
  const found = await getDocs(
    query(
      collection(db, path),
      where(documentId(), ">=", hourId(from)),
      where(documentId(), "<=", hourId(to)),
      orderBy(documentId()),
      limit(MOST_HOURS),
    ),
  );
  return found.docs.map((hour) => hour.data());
}

/** An hour that does not parse is left out. */
function inOrder<S extends { at: number }>(
  hours: { success: boolean; data?: { samples: Record<string, S> } | undefined }[],
): S[] {
  return hours.flatMap(({ data }) => Object.values(data?.samples ?? {})).sort((a, b) => a.at - b.at);
}

/** Two lists of samples as one, each moment once, the second list's word being the newer. */
export function merged<S extends { at: number }>(older: readonly S[], newer: readonly S[]): S[] {
  const byTime = new Map([...older, ...newer].map((sample) => [sample.at, sample]));
  return [...byTime.values()].sort((a, b) => a.at - b.at);
}
