import { AppError, TenantId } from "@wisptools/core";
import type { Request, Response, Router } from "express";
import type { Deps } from "../../deps.ts";
import { type AptFile, aptFile, aptPath } from "../../operations/repository/aptFile.ts";
import { aptAuthenticator } from "../authenticateApt.ts";
import { ExpiringCache } from "../expiringCache.ts";
import type { Gate } from "../gate.ts";

/** For so long one instance answers with the same signed URL, ms: signing is a call to another service. */
const LOCATION_MS = 300_000;

/** /apt/{tenant}/**: what apt-get on the devices asks for. */
export function aptRoutes(router: Router, _gate: Gate, deps: Deps): void {
  const authenticate = aptAuthenticator(deps);
  const locations = new ExpiringCache<AptFile>(LOCATION_MS, 1000, () => deps.now().getTime());
  // express answers HEAD by the handler of GET, without its body.
  router.get("/apt/:tenant/*path", async (request, response) => {
    const tenantId = await identified(authenticate, request, response);
    const path = aptPath(belowTenant(request));
    // A foreign repository looks like none at all.
    if (TenantId.safeParse(request.params.tenant).data !== tenantId || !path) throw absent();
    const key = path.kind === "package" ? `${tenantId}/${path.sha256}/${path.filename}` : "";
    const file = locations.get(key) ?? (await aptFile(deps, tenantId, path));
    if (!file) throw absent();
    if ("location" in file) locations.set(key, file);
    send(response, file);
  });
}

function absent(): AppError {
  return new AppError("not-found", "no such file in this repository");
}

async function identified(
  authenticate: (request: Request) => Promise<TenantId>,
  request: Request,
  response: Response,
): Promise<TenantId> {
  try {
    return await authenticate(request);
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthenticated") {
      response.set("WWW-Authenticate", 'Basic realm="wisptools packages", charset="UTF-8"');
    }
    throw error;
  }
}

/** apt writes + as %2b; what does not decode is no file of ours. */
function belowTenant(request: Request): string {
  const parts: unknown = request.params.path;
  return Array.isArray(parts) ? parts.join("/") : String(parts);
}

function send(response: Response, file: AptFile): void {
  if ("location" in file) {
    response.set("Cache-Control", "private, max-age=60").redirect(302, file.location);
    return;
  }
  response.set({
    "Content-Type": file.contentType,
    "Cache-Control": file.immutable ? "private, max-age=86400, immutable" : "private, no-cache",
    ETag: file.etag,
    ...(file.modified ? { "Last-Modified": file.modified.toUTCString() } : {}),
  });
  response.send(Buffer.from(file.content)); // answers 304 by itself where the client's copy is this one
}
