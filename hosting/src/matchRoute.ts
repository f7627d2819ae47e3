import type { Params, Route } from "./routes.ts";

export interface Match {
  route: Route;
  params: Params;
}

/** The route a path leads to, with what its segments say. */
export function matchRoute(pathname: string, table: readonly Route[]): Match | undefined {
  const segments = pathname.split("/").filter(Boolean);
  for (const route of table) {
    const params = matchPath(route.path, segments);
    if (params) return { route, params };
  }
  return undefined;
}

function matchPath(pattern: string, segments: readonly string[]): Params | undefined {
  const parts = pattern.split("/").filter(Boolean);
  if (segments.length > parts.length) return undefined;
  const params: Params = {};
  for (const [i, part] of parts.entries()) {
    const segment = segments[i];
    if (segment === undefined) {
      if (!part.endsWith("?")) return undefined;
    } else if (part.startsWith(":")) params[part.replace(/[:?]/g, "")] = decoded(segment);
    else if (part !== segment) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
