import { paths } from "../../packages/core/src/paths.ts";

/** The collection of every path in core, its wildcards numbered: `tenants/{0}/epcs/{1}/events`. */
export function collectionsOf(spelled: Record<string, (...ids: never[]) => string> = paths): string[] {
  const all = Object.values(spelled).map((path) => {
    const segments = path(...(wildcards(path.length) as never[])).split("/");
    return segments.slice(0, segments.length - ((segments.length + 1) % 2)).join("/");
  });
  return [...new Set(all)].sort();
}

export function wildcards(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `{${index}}`);
}
