import { AppError, type api } from "@wisptools/core";
import type { Request } from "express";
import type { DeviceCaller, EnrolmentCaller, MemberCaller, RemsimCaller, UserCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { log } from "../logs.ts";
import { clientKeyOf } from "../operations/remsim/clientIdentity.ts";
import { sha256 } from "../operations/secrets.ts";
import { type DeviceAuthenticator, deviceAuthenticator, isSigned } from "./authenticateDevice.ts";
import { authenticateUser, type MemberAuthenticator, memberAuthenticator } from "./authenticateMember.ts";
import { type RemsimAuthenticator, remsimAuthenticator } from "./authenticateRemsim.ts";
import { TokenBuckets } from "./tokenBuckets.ts";

type Caller = DeviceCaller | EnrolmentCaller | MemberCaller | RemsimCaller | UserCaller;

/** Who gets in, and how often: one per express app. */
export class Gate {
  private readonly deps: Deps;
  private readonly device: DeviceAuthenticator;
  private readonly member: MemberAuthenticator;
  private readonly remsim: RemsimAuthenticator;
  /** Boxes asking to enrol, per address. */
  private readonly enrolments: TokenBuckets;
  /** Credentials that this instance doesn't know, per address: a whole fleet may share one. */
  private readonly strangers: TokenBuckets;
  /** Any use of one credential: a token of a person, an API key, a device's key. */
  private readonly credentials: TokenBuckets;
  /** Any use of a router's login, which a whole fleet may share. */
  private readonly logins: TokenBuckets;
  /** One router of a login. */
  private readonly routers: TokenBuckets;

  constructor(deps: Deps) {
    const now = () => deps.now().getTime();
    this.deps = deps;
    const beforeLookUp = (request: Request) => this.strangers.take(addressOf(request)); // guesses must not cost reads
    this.device = deviceAuthenticator(deps, beforeLookUp);
    this.member = memberAuthenticator(deps, beforeLookUp);
    this.remsim = remsimAuthenticator(deps, this.member, beforeLookUp);
    this.enrolments = new TokenBuckets(300, 5, now);
    this.strangers = new TokenBuckets(1000, 20, now);
    this.credentials = new TokenBuckets(120, 5, now);
    this.logins = new TokenBuckets(2000, 100, now);
    this.routers = new TokenBuckets(100, 100 / 60, now);
  }

  async admit(auth: api.EndpointAuth, request: Request, requestId: string): Promise<Caller> {
    if (auth.kind === "enrolment") return this.enrolment(request);
    const uses = auth.kind === "remsim" ? this.logins : this.credentials;
    uses.take(credentialOf(request) ?? `address:${addressOf(request)}`);
    try {
      return await this.identified(auth, request, requestId);
    } catch (error) {
      if (error instanceof AppError && error.code === "unauthenticated") this.refused(error, request, requestId);
      throw error;
    }
  }

  /** 100 requests a minute for each router, by its login and its name. */
  limitRouter(caller: RemsimCaller, clientId: string): void {
    this.routers.take(clientKeyOf(caller.credentialId, clientId));
  }

  private async identified(auth: api.EndpointAuth, request: Request, requestId: string): Promise<Caller> {
    switch (auth.kind) {
      case "device":
        return this.device(request);
      case "member":
        return this.member(request, auth.permission, requestId);
      case "remsim":
        return this.remsim(request, requestId, auth.patient === true);
      case "user":
        return authenticateUser(this.deps, request, requestId);
      case "platform": {
        const caller = await authenticateUser(this.deps, request, requestId);
        if (!caller.person.platformAdmin)
          throw new AppError("permission-denied", "only platform administrators may do this");
        return caller;
      }
      case "enrolment":
        throw new Error("enrolment is admitted by itself");
    }
  }

  /** Guessing is slowed per address, whatever credential is guessed. */
  private refused(error: AppError, request: Request, requestId: string): void {
    this.strangers.take(addressOf(request));
    log.signatureRefused({ requestId, reason: error.reason ?? error.code, address: addressOf(request) });
  }

  private async enrolment(request: Request): Promise<EnrolmentCaller> {
    this.enrolments.take(addressOf(request));
    return {
      address: request.ip,
      tenantHeader: header(request, "x-tenant-id"),
      tokenHeader: header(request, "x-enrollment-token"),
      location: locationOf(request),
      // A box that kept its credentials signs with them; if they hold no more, it enrols like any other.
      device: isSigned(request) ? await this.device(request).catch(notSigned) : undefined,
    };
  }
}

/** Credentials that hold no more count as none; a wrong clock or a replay is an error the box must hear of. */
function notSigned(error: unknown): undefined {
  const ended = ["credential_unknown", "credential_revoked", "credential_superseded"];
  if (error instanceof AppError && ended.includes(error.reason ?? "")) return undefined;
  throw error;
}

function credentialOf(request: Request): string | undefined {
  const value = header(request, "x-epc-api-key") ?? header(request, "x-api-key") ?? request.headers.authorization;
  return value ? sha256(value) : undefined;
}

function addressOf(request: Request): string {
  return request.ip ?? "unknown";
}

function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The platform's guess of where the caller's address is (App Engine and Cloud Run geo headers). */
function locationOf(request: Request): EnrolmentCaller["location"] {
  const [latitude, longitude] = (header(request, "x-appengine-citylatlong") ?? "").split(",").map(Number);
  if (latitude === undefined || longitude === undefined || Number.isNaN(latitude) || Number.isNaN(longitude))
    return undefined;
  const city = header(request, "x-appengine-city")?.slice(0, 64);
  return { latitude, longitude, ...(city ? { city } : {}), source: "address" };
}
