// The walls between rooms (docs/architecture.md), as one table. Biome restricts names, but not "nothing except", nor a
// relative path that leaves its room; so the walls are checked here, all in one place.
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

type Wall = { room: RegExp; except?: RegExp; why: string; refuses: (target: Target) => boolean };
/** What an import points at: a registry package's name, or a path in the repository. */
export type Target = { package?: string; path?: string };

const isPackage = (target: Target, ...names: (string | RegExp)[]): boolean =>
  names.some((name) => (typeof name === "string" ? target.package === name : name.test(target.package ?? "")));
const isIn = (target: Target, ...rooms: string[]): boolean =>
  rooms.some((room) => target.path === room || target.path?.startsWith(`${room}/`) === true);

const ADMIN = [/^firebase-admin(\/|$)/, /^@google-cloud\//];
const TEST = /\.test\.ts$/;

export const WALLS: Wall[] = [
  {
    room: /^packages\/core\/src\//,
    except: TEST,
    why: "core runs anywhere: it imports zod and itself",
    refuses: (target) => !isPackage(target, /^zod(\/|$)/) && !isIn(target, "packages/core"),
  },
  {
    room: /^(functions|daemon|hosting|scripts|tests|bench)\//,
    except: /^(tests|bench)\/|^scripts\/dev\/|\.test\.ts$/,
    why: "packages/store alone imports firebase-admin and @google-cloud/*",
    refuses: (target) => isPackage(target, ...ADMIN),
  },
  {
    room: /^packages\/store\/src\//,
    why: "store knows core, and nobody who uses it",
    refuses: (target) => isIn(target, "functions", "daemon", "hosting", "scripts"),
  },
  {
    room: /^hosting\//,
    why: "hosting reaches the server by HTTP and rules, never by store",
    refuses: (target) => isIn(target, "packages/store", "functions", "daemon", "scripts"),
  },
  {
    room: /^hosting\//,
    except: /^hosting\/src\/data\//,
    why: "hosting/src/data alone imports the firebase web SDK",
    refuses: (target) => isPackage(target, /^(@firebase|firebase)(\/|$)/),
  },
  {
    room: /^(functions|daemon|packages)\//,
    except: /^functions\/src\/http\/|\.test\.ts$/,
    why: "functions/src/http alone imports express",
    refuses: (target) => isPackage(target, "express"),
  },
  {
    room: /^functions\/src\/operations\//,
    why: "an operation takes values and returns one: it knows neither HTTP nor its triggers",
    refuses: (target) => isIn(target, "functions/src/http", "functions/src/triggers", "functions/src/schedules"),
  },
  {
    room: /^functions\//,
    why: "functions and daemon never import each other",
    refuses: (target) => isIn(target, "daemon", "hosting"),
  },
  {
    room: /^daemon\//,
    why: "functions and daemon never import each other",
    refuses: (target) => isIn(target, "functions", "hosting"),
  },
  {
    room: /^daemon\/src\/diameter\//,
    why: "diameter is the protocol only: it knows nothing of subscribers",
    refuses: (target) => isIn(target, "daemon/src/hss", "daemon/src/pcrf", "daemon/src/snmp", "daemon/src/region"),
  },
];

/** Lines "file: imports X; why not". `file` is relative to the repository's root. */
export function breaches(file: string, text: string): string[] {
  const walls = WALLS.filter(({ room, except }) => room.test(file) && !except?.test(file));
  if (walls.length === 0) return [];
  return importsOf(file, text).flatMap((specifier) => {
    const target = targetOf(file, specifier);
    if (!target) return [];
    return walls.filter((wall) => wall.refuses(target)).map(({ why }) => `${file}: imports ${specifier}; ${why}`);
  });
}

export function breachesIn(root: string, files: string[]): string[] {
  const code = files.filter((file) => /\.(ts|mts|js|mjs|svelte)$/.test(file));
  return code.flatMap((file) => breaches(file, readFileSync(join(root, file), "utf8")));
}

function importsOf(file: string, text: string): string[] {
  const scripts = file.endsWith(".svelte") ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)] : [["", text]];
  return scripts.flatMap(([, body = ""]) =>
    ts.preProcessFile(body, true, true).importedFiles.map((each) => each.fileName),
  );
}

function targetOf(file: string, specifier: string): Target | undefined {
  if (specifier.startsWith(".")) return { path: normalize(join(dirname(file), specifier)) };
  const workspace = /^@wisptools\/([^/]+)/.exec(specifier)?.[1];
  if (workspace) return { path: workspace === "hosting" ? "hosting" : `packages/${workspace}` };
  // Vite's own names (virtual modules, aliases beginning with $ or /) are not packages.
  if (/^[$/]|^virtual:/.test(specifier)) return undefined;
  if (isBuiltin(specifier)) return { package: specifier.startsWith("node:") ? specifier : `node:${specifier}` };
  return { package: specifier };
}
