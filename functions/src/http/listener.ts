import type { Express } from "express";

/** An app made at its first request: deploys and cold starts that serve nobody stay light. */
export function lazily(make: () => Express): Express {
  let app: Express | undefined;
  const listener = (...args: Parameters<Express>) => {
    app ??= make();
    return app(...args);
  };
  return listener as Express;
}
