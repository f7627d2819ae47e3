import { ApiError } from "./apiError.ts";

/** A number typed into `field`; throws what the field should say when it is none between `min` and `max`. */
export function wholeNumber(field: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const message = `Enter a whole number from ${min} to ${max}.`;
  throw new ApiError("invalid-argument", "Please correct the marked fields.", { issues: [{ field, message }] });
}

/** Like `wholeNumber`, for a field that may stay empty. */
export function optionalNumber(field: string, text: string, min: number, max: number): number | undefined {
  return text.trim() === "" ? undefined : wholeNumber(field, text, min, max);
}
