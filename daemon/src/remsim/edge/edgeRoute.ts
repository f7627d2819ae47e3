import { RemsimClientId } from "@wisptools/core";

/** What routers may call here; everything else is for the cloud alone. */
export type EdgeRoute =
  | { kind: "register" | "heartbeat" | "events" | "logs" | "discover" }
  | { kind: "unregister"; clientId: string };

const PREFIX = "/api/backend/v1/remsim/";
const KINDS = {
  "POST register-client": "register",
  "POST heartbeat": "heartbeat",
  "POST events": "events",
  "POST logs": "logs",
  "GET discover": "discover",
} as const;

/** undefined: no such endpoint. A query says nothing to any of them. */
export function edgeRouteOf(method: string, url: string): EdgeRoute | undefined {
  const [path = ""] = url.split("?");
  if (!path.startsWith(PREFIX)) return undefined;
  const rest = path.slice(PREFIX.length);
  const kind = KINDS[`${method} ${rest}` as keyof typeof KINDS];
  if (kind) return { kind };
  const [, encoded] = /^unregister\/([^/]+)$/.exec(rest) ?? [];
  const clientId = method === "DELETE" && encoded !== undefined ? decoded(encoded) : undefined;
  return RemsimClientId.safeParse(clientId).success ? { kind: "unregister", clientId: String(clientId) } : undefined;
}

/** Where the cloud has it. */
export function cloudPathOf(route: EdgeRoute): { method: string; path: string } {
  if (route.kind === "unregister") return { method: "DELETE", path: `${PREFIX}unregister/${route.clientId}` };
  const [key = ""] = Object.entries(KINDS).find(([, kind]) => kind === route.kind) ?? [];
  const [method = "", name = ""] = key.split(" ");
  return { method, path: PREFIX + name };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
