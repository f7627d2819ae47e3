import { AppError, type EpcId, type TenantId } from "@wisptools/core";
import type { Request } from "express";
import type { Deps } from "../deps.ts";
import { log } from "../logs.ts";
import { assertHolds, refused } from "../operations/deviceWrite.ts";
import { aptPassword } from "../operations/repository/aptPassword.ts";
import { matches, sha256 } from "../operations/secrets.ts";
import { ExpiringCache } from "./expiringCache.ts";
import { TokenBuckets } from "./tokenBuckets.ts";

interface Known {
  tenantId: TenantId;
  epcId: EpcId;
  generation: number;
  passwordSha256: string;
}

/** Credential documents never change. */
const CREDENTIAL_MS = 3_600_000;
/** For so long an instance believes that a credential holds, ms: one run of apt asks once, and a revoked one ends soon. */
const HOLDS_MS = 10_000;
const CACHE_SIZE = 10_000;
/** Requests of one credential: apt asks for each of a few hundred packages in a row. */
const BURST = 1000;
const PER_SECOND = 10;

export type AptAuthenticator = (request: Request) => Promise<TenantId>;

/** The tenant of the device that the Basic credentials (RFC 7617) of a request belong to. Their use promotes no pending credential. */
export function aptAuthenticator(deps: Deps): AptAuthenticator {
  const now = () => deps.now().getTime();
  const credentials = new ExpiringCache<Known>(CREDENTIAL_MS, CACHE_SIZE, now);
  const holding = new ExpiringCache<true>(HOLDS_MS, CACHE_SIZE, now);
  const strangers = new TokenBuckets(1000, 20, now);
  const devices = new TokenBuckets(BURST, PER_SECOND, now);
  const address = (request: Request) => request.ip ?? "unknown";

  const identify = async (request: Request): Promise<TenantId> => {
    const { login, password } = basic(request);
    let known = credentials.get(login);
    if (!known) {
      strangers.take(address(request)); // guesses must not cost reads
      known = await credential(deps, login);
      credentials.set(login, known);
    }
    if (!matches(password, known.passwordSha256)) throw refused("credential_unknown", "wrong login or password");
    devices.take(login);
    if (!holding.get(login)) {
      const epc = await deps.store.epcs.get(known.tenantId, known.epcId);
      if (!epc) throw refused("credential_revoked", "the EPC of this credential is gone");
      assertHolds(epc.data, login, known.generation);
      holding.set(login, true);
    }
    return known.tenantId;
  };

  return async (request) => {
    try {
      return await identify(request);
    } catch (error) {
      if (error instanceof AppError && error.code === "unauthenticated" && request.headers.authorization) {
        strangers.take(address(request));
        const requestId = String(request.res?.locals.requestId);
        log.signatureRefused({ requestId, reason: error.reason ?? error.code, address: address(request) });
      }
      throw error;
    }
  };
}

function basic(request: Request): { login: string; password: string } {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(request.headers.authorization ?? "")?.[1];
  const text = Buffer.from(encoded ?? "", "base64").toString("latin1");
  const [, login, password] = /^([0-9a-f]{64}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!login || !password) throw refused("credential_unknown", "the repository needs a device's login and password");
  return { login, password };
}

async function credential(deps: Deps, id: string): Promise<Known> {
  const stored = await deps.store.deviceCredentials.get(id);
  if (!stored) throw refused("credential_unknown", "wrong login or password");
  const { tenantId, epcId, generation, aptPasswordSha256, secretKey } = stored.data;
  const passwordSha256 =
    aptPasswordSha256 ?? sha256(aptPassword(await deps.store.vault.open(tenantId, `device-hmac/${id}`, secretKey)));
  return { tenantId, epcId, generation, passwordSha256 };
}
