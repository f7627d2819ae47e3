import { AppError } from "@wisptools/core";
import type { Write } from "@wisptools/store";

/** Writes what was decided; false when another writer was first, who then wins. */
export async function commits(write: Pick<Write, "commit">): Promise<boolean> {
  try {
    await write.commit();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "aborted") return false;
    throw error;
  }
}
