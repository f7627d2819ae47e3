import { AppError, type ErrorCode } from "@wisptools/core";
import type { ErrorRequestHandler } from "express";
import type { z } from "zod";
import { log } from "../logs.ts";
import { remsimErrorFields } from "./remsimErrorFields.ts";

const STATUS: Record<ErrorCode, number> = {
  "invalid-argument": 400,
  unauthenticated: 401,
  "permission-denied": 403,
  "not-found": 404,
  "already-exists": 409,
  aborted: 409,
  "failed-precondition": 412,
  "payload-too-large": 413,
  "resource-exhausted": 429,
  unavailable: 503,
  internal: 500,
};

/** The first complaint of a schema as an AppError that names the field. */
export function invalid(error: z.core.$ZodError): AppError {
  const issue = deepest(error.issues[0] as z.core.$ZodIssue);
  const field = issue.path.join(".");
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const named = unknown ? [field, unknown].filter(Boolean).join(".") : field;
  return new AppError(
    "invalid-argument",
    named ? `${named}: ${issue.message}` : issue.message,
    named ? { field: named } : {},
  );
}

/** Of a union's complaint, the one that got furthest into the value. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flatMap((issues) => issues.slice(0, 1)).map(deepest);
  const best = inner.sort((a, b) => b.path.length - a.path.length)[0];
  return best ? { ...best, path: [...issue.path, ...best.path] } : issue;
}

/** The one exit of failures: code to status, unknown errors logged whole and answered with the request id only. */
export const errorResponse: ErrorRequestHandler = (error, request, response, _next) => {
  const requestId = String(response.locals.requestId);
  const known = expected(error);
  if (!known) log.unknownError({ requestId, path: request.path }, error);
  response.locals.refusal = known?.reason ?? known?.code ?? "internal";
  if (known?.retryAfter !== undefined) response.set("Retry-After", String(known.retryAfter));
  response.status(STATUS[known?.code ?? "internal"]).json({
    ...remsimErrorFields(request.path, known),
    success: false,
    error: {
      code: known?.code ?? "internal",
      message: known?.message ?? "something went wrong on our side",
      ...(known?.field === undefined ? {} : { field: known.field }),
      ...(known?.reason === undefined ? {} : { reason: known.reason }),
    },
    request_id: requestId,
  });
};

/** A path that does not decode is the caller's fault, though express found it. */
function expected(error: unknown): AppError | undefined {
  if (error instanceof URIError) return new AppError("invalid-argument", "the path is not percent-encoded UTF-8");
  return error instanceof AppError ? error : undefined;
}
