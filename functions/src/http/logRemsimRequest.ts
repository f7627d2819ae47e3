import { RemsimClientId } from "@wisptools/core";
import type { Request, Response } from "express";
import type { RemsimCaller } from "../caller.ts";
import { log } from "../logs.ts";

/**
 * One line for each request of a remote-SIM router once it is answered, or once it hung up: who asked for what, and how it ended. `caller` is
 * asked then, and knows nobody while the credential was not found to hold.
 */
export function logRemsimRequest(
  { method, path }: { method: string; path: string },
  request: Request,
  response: Response,
  caller: () => RemsimCaller | undefined,
): void {
  response.once("close", () => {
    const answered = response.writableEnded;
    log.remsimRequest({
      requestId: String(response.locals.requestId),
      endpoint: `${method.toUpperCase()} ${path}`,
      tenantId: caller()?.tenantId ?? null,
      credentialId: caller()?.credentialId ?? null,
      clientId: clientIdOf(request),
      status: answered ? response.statusCode : null,
      outcome: answered ? (response.locals.refusal ?? "done") : "hung up",
    });
  });
}

/** As the path or the body has it, if it is one: a request is logged though the rest of it is wrong. */
function clientIdOf(request: Request): string | null {
  const named = request.params.client_id ?? fieldOf((request as { rawBody?: Buffer }).rawBody);
  return RemsimClientId.safeParse(named).data ?? null;
}

function fieldOf(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString("utf8") ?? "").client_id;
  } catch {
    return undefined;
  }
}
