import { AppError } from "@wisptools/core";

/** Refuses a change that was decided on another revision than the one that is there. `untilUncontended` does not repeat this. */
export function checkRevision(what: string, actual: number, expected: number | undefined): void {
  if (expected === undefined || expected === actual) return;
  throw new AppError(
    "aborted",
    `revision: ${what} was changed since you read it: yours is revision ${expected}, now it is ${actual}; read it again`,
    { field: "revision", reason: "stale_revision" },
  );
}
