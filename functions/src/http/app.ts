import { randomUUID } from "node:crypto";
import { AppError } from "@wisptools/core";
import express, { type Express, type RequestHandler, type Router } from "express";
import type { Deps } from "../deps.ts";
import { errorResponse } from "./errorResponse.ts";
import { Gate } from "./gate.ts";

/** Bytes a body may have: a command's 64 KiB of output may grow sixfold when written as JSON. */
export const BODY_LIMIT = 512 * 1024;
/** Proxies in front of us that append to X-Forwarded-For: Firebase Hosting and Google's front end. */
const TRUSTED_PROXIES = 2;

/** An express app of the house: request id, body limit, the routes, one exit for errors. */
export function createApp(deps: Deps, routes: (router: Router, gate: Gate, deps: Deps) => void): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", TRUSTED_PROXIES);
  app.set("query parser", "simple");
  app.use(identify, rawBody);
  const router = express.Router();
  routes(router, new Gate(deps), deps);
  app.use(router);
  app.use((request) => {
    throw new AppError("not-found", `no such endpoint: ${request.method} ${request.path}`);
  });
  app.use(errorResponse);
  return app;
}

const identify: RequestHandler = (_request, response, next) => {
  response.locals.requestId = randomUUID();
  response.set({
    "X-Request-ID": response.locals.requestId,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  next();
};

const readRaw = express.raw({ type: () => true, limit: BODY_LIMIT });

/** The bytes as sent: the functions runtime has them in rawBody already, elsewhere we read them. */
const rawBody: RequestHandler = (request, response, next) => {
  const tooLarge = () => next(new AppError("payload-too-large", `the body is larger than ${BODY_LIMIT} bytes`));
  const given = (request as { rawBody?: Buffer }).rawBody;
  if (given) {
    if (given.length > BODY_LIMIT) tooLarge();
    else next();
    return;
  }
  readRaw(request, response, (error?: unknown) => {
    const status = (error as { status?: number } | undefined)?.status;
    if (status === 413) tooLarge();
    else if (status === 400 || status === 415)
      next(new AppError("invalid-argument", "the body could not be read", { cause: error }));
    else if (error) next(error);
    else {
      (request as { rawBody?: Buffer }).rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      next();
    }
  });
};
