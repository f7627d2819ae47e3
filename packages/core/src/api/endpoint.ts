import type { z } from "zod";
import type { Permission } from "../domain/roles.ts";

/**
 * Who may call: `enrolment` a box without credentials; `device` a signed EPC request; `remsim` a remote-SIM router
 * by its login (HTTP Basic) or an API key; `user` anyone signed in; `platform` a platform administrator; `member` a person or API key of the tenant that holds `permission`.
 */
export type EndpointAuth =
  | { kind: "enrolment" | "device" | "user" | "platform" }
  /** `patient`: what a login that was revoked may still do for some minutes, since it comes each minute and gives nothing away. */
  | { kind: "remsim"; patient?: true }
  | { kind: "member"; permission: Permission };

/** A contract: everything about an endpoint but what it does. Paths are express 5 patterns from the origin's root. */
export interface Endpoint<
  A extends EndpointAuth,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  auth: A;
  params: P;
  query: Q;
  body: B;
  reply: R;
}

export function defineEndpoint<
  const A extends EndpointAuth,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
>(endpoint: Endpoint<A, P, Q, B, R>): Endpoint<A, P, Q, B, R> {
  return endpoint;
}
