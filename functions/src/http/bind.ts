import { AppError, type api } from "@wisptools/core";
import type { Request, Response, Router } from "express";
import type { z } from "zod";
import type { DeviceCaller, EnrolmentCaller, MemberCaller, RemsimCaller, UserCaller } from "../caller.ts";
import { invalid } from "./errorResponse.ts";
import type { Gate } from "./gate.ts";
import { logRemsimRequest } from "./logRemsimRequest.ts";

/** An answer other than 200 with JSON. */
export class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

type CallerOf<A extends api.EndpointAuth> = A extends { kind: "device" }
  ? DeviceCaller
  : A extends { kind: "enrolment" }
    ? EnrolmentCaller
    : A extends { kind: "member" }
      ? MemberCaller
      : A extends { kind: "remsim" }
        ? RemsimCaller
        : UserCaller;

interface Call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params: z.infer<P>;
  query: z.infer<Q>;
  body: z.infer<B>;
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
}

/** Binds a contract to an operation: identity first, then every part of the input by its schema, then the act. */
export function bind<
  A extends api.EndpointAuth,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
>(
  router: Router,
  gate: Gate,
  endpoint: api.Endpoint<A, P, Q, B, R>,
  operation: (caller: CallerOf<A>, call: Call<P, Q, B>) => Promise<z.infer<R> | Answer>,
): void {
  router[endpoint.method](endpoint.path, async (request, response) => {
    let caller: CallerOf<A> | undefined;
    if (endpoint.auth.kind === "remsim") {
      logRemsimRequest(endpoint, request, response, () => caller as RemsimCaller | undefined);
    }
    caller = (await gate.admit(endpoint.auth, request, String(response.locals.requestId))) as CallerOf<A>;
    const result = await operation(caller, {
      params: parsed(endpoint.params, request.params),
      query: parsed(endpoint.query, request.query),
      body: parsed(endpoint.body, bodyOf(request)),
      header: (name) => request.get(name),
    });
    send(response, result);
  });
}

function send(response: Response, result: unknown): void {
  const answer = result instanceof Answer ? result : new Answer(200, result);
  response.status(answer.status).set(answer.headers);
  if (typeof answer.body === "string") response.send(answer.body);
  else response.json(answer.body);
}

function parsed<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(result.error);
  return result.data;
}

/** The JSON of the raw body; an absent one counts as {}. */
function bodyOf(request: Request): unknown {
  const raw = (request as { rawBody?: Buffer }).rawBody;
  if (!raw || raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch (cause) {
    throw new AppError("invalid-argument", "the body is not valid JSON", { cause });
  }
}
