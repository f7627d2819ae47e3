import { AppError } from "../../errors.ts";

/** What is wrong with a package that somebody brought: `field` is the field of its control file, or the part of the archive. */
export function packageFault(field: string, message: string): AppError {
  return new AppError("invalid-argument", `${field}: ${message}`, { field });
}
