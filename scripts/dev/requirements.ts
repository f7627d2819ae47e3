// requirements.txt for TypeScript: run.sh installs from the same table.
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Requirement = { programs: string[]; package: string; commands: string[] };

export function requirements(): Requirement[] {
  const lines = readFileSync(join(import.meta.dirname, "requirements.txt"), "utf8").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [programs = "", name = "", ...commands] = line.trim().split(/\s+/);
      return { programs: programs.split("|"), package: name, commands };
    });
}

/** Full path of the first of these programs that exists. /usr/sbin is not on every user's PATH. A whole path may be of any file. */
export function findProgram(...names: string[]): string | undefined {
  const file = names.find((name) => name.startsWith("/"));
  if (file) return existsSync(file) ? file : undefined;
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"].filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Chromium as the system packages it; no browser is ever downloaded. */
export function findChromium(): string {
  const names = requirements().find(({ programs }) => programs.includes("chromium"))?.programs ?? [];
  const found = findProgram(...names);
  if (!found) throw new Error(`no Chromium found (${names.join(", ")}); npm run doctor says what to install`);
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
