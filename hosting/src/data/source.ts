import type { WhereFilterOp } from "firebase/firestore";

/** A schema of core, as far as reading needs it. */
export interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: unknown };
}

export interface DocumentSource<T> {
  path: string;
  schema: Parser<T>;
}

/** A bounded query: rules refuse unbounded ones, and so does the bill. */
export interface ListSource<T> {
  path: string;
  schema: Parser<T>;
  limit: number;
  where?: readonly (readonly [field: string, op: WhereFilterOp, value: unknown])[];
  orderBy?: readonly [field: string, direction: "asc" | "desc"];
}

/** `denied`: the rules say no, which for a removed member is the truth and for others a bug. */
export type LiveStatus = "idle" | "loading" | "ready" | "denied" | "failed";
