import { z } from "zod";

function toDate(value: unknown): unknown {
  const stamp = value as { toDate?: () => Date } | null;
  return typeof stamp === "object" && stamp !== null && typeof stamp.toDate === "function" ? stamp.toDate() : value;
}

/** A point in time: a Firestore Timestamp in the database (either SDK's), a Date in code. */
export const Instant = z.preprocess(toDate, z.date());
