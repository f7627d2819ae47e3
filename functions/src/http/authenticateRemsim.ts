import { AppError } from "@wisptools/core";
import type { Request } from "express";
import type { MemberCaller, RemsimCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { sha256 } from "../operations/secrets.ts";
import type { MemberAuthenticator } from "./authenticateMember.ts";
import { ExpiringCache } from "./expiringCache.ts";
import { routerAddress } from "./routerAddress.ts";

type Known = Omit<RemsimCaller, "requestId" | "address">;

/** How long a revoked login may still be believed by an instance that saw it, ms. */
const CACHE_MS = 60_000;
/** The same of what comes from each router each minute, ms: else each heartbeat would cost the reads of a look-up. */
const PATIENT_CACHE_MS = 600_000;
const CACHE_SIZE = 10_000;
/** `lastUsedAt` of a login is written at most this often, ms. */
const LAST_USE_STEP_MS = 3_600_000;

export type RemsimAuthenticator = (request: Request, requestId: string, patient: boolean) => Promise<RemsimCaller>;

/** A router by HTTP Basic (RFC 7617), which is all that osmo-remsim-client can send, or by an API key. */
export function remsimAuthenticator(
  deps: Deps,
  member: MemberAuthenticator,
  beforeLookUp: (request: Request) => void,
): RemsimAuthenticator {
  const now = () => deps.now().getTime();
  const known = new ExpiringCache<Known>(CACHE_MS, CACHE_SIZE, now);
  const seen = new ExpiringCache<Known>(PATIENT_CACHE_MS, CACHE_SIZE, now);
  /** Look-ups under way: a fleet of one login waits for the one. */
  const underWay = new Map<string, Promise<Known>>();
  const lookUp = async (id: string, look: () => Promise<Known>): Promise<Known> => {
    try {
      const found = await look();
      known.set(id, found);
      seen.set(id, found);
      return found;
    } finally {
      underWay.delete(id);
    }
  };
  return async (request, requestId, patient) => {
    const find = async (id: string, look: () => Promise<Known>): Promise<Known> => {
      const held = (patient ? seen : known).get(id) ?? underWay.get(id);
      if (held) return held;
      beforeLookUp(request);
      const looking = lookUp(id, look);
      underWay.set(id, looking);
      return looking;
    };
    if (request.headers["x-api-key"] !== undefined) {
      const caller = await member(request, "remsim.connect", requestId);
      const held = await find(caller.actor, () => byApiKey(deps, caller));
      return { ...held, address: routerAddress(request), requestId };
    }
    const id = sha256(basic(request));
    return { ...(await find(id, () => byLogin(deps, id))), address: routerAddress(request), requestId };
  };
}

/** `login:secret` as it was sent. */
function basic(request: Request): string {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!encoded) {
    throw new AppError("unauthenticated", "send the router's login and secret by HTTP Basic, or an X-API-Key");
  }
  return Buffer.from(encoded, "base64").toString("utf8");
}

async function byLogin(deps: Deps, id: string): Promise<Known> {
  const stored = await deps.store.remsimCredentials.findAnywhere("remsimCredentials", id);
  const credential = stored?.data;
  if (!stored || !credential || credential.revokedAt) {
    throw new AppError("unauthenticated", "the login is unknown or revoked", { reason: "login_invalid" });
  }
  const now = deps.now();
  if (!credential.lastUsedAt || now.getTime() - credential.lastUsedAt.getTime() > LAST_USE_STEP_MS) {
    await deps.store.write().patch(stored.path, { lastUsedAt: now }).commit();
  }
  const { tenantId, login, label, region } = credential;
  const named = { credentialId: id, actor: `router:${login}`, credentialName: `${login} (${label})`, region };
  return { ...(await ofTenant(deps, tenantId)), ...named };
}

async function byApiKey(deps: Deps, { tenantId, actor, actorName }: MemberCaller): Promise<Known> {
  return { ...(await ofTenant(deps, tenantId)), credentialId: actor, actor, credentialName: actorName, region: null };
}

async function ofTenant(deps: Deps, tenantId: Known["tenantId"]): Promise<Pick<Known, "tenantId" | "tenantNumber">> {
  const tenant = await deps.store.tenants.need("tenant", tenantId);
  if (tenant.data.status !== "active") throw new AppError("permission-denied", "this tenant is suspended");
  return { tenantId, tenantNumber: tenant.data.remsimTenantId };
}
