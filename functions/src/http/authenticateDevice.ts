import { createHmac, timingSafeEqual } from "node:crypto";
import {
  AppError,
  CLOCK_WINDOW_SECONDS,
  DEVICE_HEADERS,
  type EpcId,
  nextMark,
  signedText,
  type TenantId,
} from "@wisptools/core";
import type { Request } from "express";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { assertHolds, refused, replayed } from "../operations/deviceWrite.ts";
import { sha256 } from "../operations/secrets.ts";
import { ExpiringCache } from "./expiringCache.ts";

interface Known {
  tenantId: TenantId;
  epcId: EpcId;
  generation: number;
  authCodeSha256: string;
  secretKey: string;
}

/** Credential documents never change, so they may stay in memory; whether one still holds is asked of the EPC. */
const CACHE_MS = 3_600_000;
const CACHE_SIZE = 10_000;

export type DeviceAuthenticator = (request: Request) => Promise<DeviceCaller>;

/** Checks the signed headers of a device's request (see signedText) and that its credential still holds. */
export function deviceAuthenticator(deps: Deps, beforeLookUp: (request: Request) => void): DeviceAuthenticator {
  const cache = new ExpiringCache<Known>(CACHE_MS, CACHE_SIZE, () => deps.now().getTime());
  return async (request) => {
    const headers = signedHeaders(request);
    const clockOffset = checkClock(headers.timestamp, deps.now());
    const credentialId = sha256(headers.apiKey);
    let known = cache.get(credentialId);
    if (!known) {
      beforeLookUp(request);
      known = await credential(deps, credentialId);
    }
    cache.set(credentialId, known);
    checkSignature(request, headers, known);
    const epc = await deps.store.epcs.get(known.tenantId, known.epcId);
    if (!epc) throw refused("credential_revoked", "the EPC of this credential is gone");
    assertHolds(epc.data, credentialId, known.generation);
    const timestamp = Number(headers.timestamp);
    if (!nextMark(epc.data.replayMark, timestamp, headers.nonce) && request.method !== "GET") throw replayed();
    const { tenantId, epcId, generation } = known;
    return { tenantId, epcId, credentialId, generation, timestamp, nonce: headers.nonce, clockOffset, epc };
  };
}

export function isSigned(request: Request): boolean {
  return typeof request.headers[DEVICE_HEADERS.signature] === "string";
}

function signedHeaders(request: Request) {
  const need = (name: string, shape: RegExp): string => {
    const value = request.headers[name];
    if (typeof value !== "string" || !shape.test(value)) {
      throw new AppError("unauthenticated", `header ${name} is missing or malformed`, {
        field: name,
        reason: "signature_malformed",
      });
    }
    return value;
  };
  return {
    authCode: need(DEVICE_HEADERS.authCode, /^[0-9a-f]{32}$/),
    apiKey: need(DEVICE_HEADERS.apiKey, /^[0-9a-f]{64}$/),
    timestamp: need(DEVICE_HEADERS.timestamp, /^\d{10}(\.\d{1,9})?$/),
    nonce: need(DEVICE_HEADERS.nonce, /^[\x21-\x7e]{8,128}$/),
    signature: need(DEVICE_HEADERS.signature, /^[0-9a-fA-F]{64}$/),
  };
}

function checkClock(timestamp: string, now: Date): number {
  const offset = Number(timestamp) - now.getTime() / 1000;
  if (Math.abs(offset) > CLOCK_WINDOW_SECONDS) {
    throw refused("clock_skew", `the timestamp is ${Math.round(Math.abs(offset))} s off; see the Date header`);
  }
  return offset;
}

async function credential(deps: Deps, id: string): Promise<Known> {
  const stored = await deps.store.deviceCredentials.get(id);
  if (!stored) throw refused("credential_unknown", "no such credential");
  const { tenantId, epcId, generation, authCodeSha256 } = stored.data;
  const secretKey = await deps.store.vault.open(tenantId, `device-hmac/${id}`, stored.data.secretKey);
  return { tenantId, epcId, generation, authCodeSha256, secretKey };
}

function checkSignature(request: Request, headers: ReturnType<typeof signedHeaders>, known: Known): void {
  const path = request.originalUrl.slice(request.originalUrl.indexOf("/api/"));
  const body = (request as { rawBody?: Buffer }).rawBody ?? Buffer.alloc(0);
  const text = signedText(request.method, path, headers.timestamp, headers.nonce, sha256(body));
  const expected = createHmac("sha256", known.secretKey).update(text).digest();
  const authentic = timingSafeEqual(expected, Buffer.from(headers.signature, "hex"));
  const authCode = timingSafeEqual(Buffer.from(sha256(headers.authCode)), Buffer.from(known.authCodeSha256));
  if (!authentic || !authCode) throw refused("signature_mismatch", "the signature does not fit the request");
}
